package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/keysift/keysift/internal/judge"
)

// trained is all that a weights file says.
type trained struct {
	forest *forest
	knots  []knot
	bounds bounds
}

// write writes the weights file that the judge reads.
func (t *trained) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "keysift judge weights 1")
	fmt.Fprintf(out, "low %v\nmedium %v\nhigh %v\n", t.bounds.low, t.bounds.medium, t.bounds.high)
	names := judge.FeatureNames()
	for len(names) > 0 {
		n := min(10, len(names))
		fmt.Fprintf(out, "features %s\n", strings.Join(names[:n], " "))
		names = names[n:]
	}
	fmt.Fprint(out, "calibration")
	for _, k := range t.knots {
		fmt.Fprintf(out, " %v %v", k.raw, k.p)
	}
	fmt.Fprintf(out, "\nbias %v\n", round(t.forest.bias, 3))
	for i := range t.forest.trees {
		tree := &t.forest.trees[i]
		fmt.Fprint(out, "tree")
		for _, n := range tree.splits {
			threshold := "inf"
			if !math.IsInf(float64(n.threshold), 0) {
				threshold = strconv.FormatFloat(float64(n.threshold), 'g', 4, 32)
			}
			fmt.Fprintf(out, " %d %s", n.feature, threshold)
		}
		for _, leaf := range tree.leaves {
			fmt.Fprintf(out, " %d", int(math.Round(leaf*1000)))
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}
