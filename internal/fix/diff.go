package fix

import (
	"fmt"
	"strings"
)

// contextLines is how many lines a diff shows around a change.
const contextLines = 3

// maxDiffLines bounds the table by which two texts are compared; longer ones
// are shown as replaced between what they begin and end with in common.
const maxDiffLines = 2000

// Diff returns the change of one file in unified form, empty if there is none.
func Diff(name string, old, next []byte, created bool) string {
	a, b := splitLines(old), splitLines(next)
	ops := compare(a, b)
	var out strings.Builder
	from := "a/" + name
	if created {
		from = "/dev/null"
	}
	for i := 0; i < len(ops); {
		if ops[i].kind == ' ' {
			i++
			continue
		}
		start := max(i-contextLines, 0)
		end := i
		for quiet := 0; end < len(ops) && quiet <= 2*contextLines; end++ {
			quiet++
			if ops[end].kind != ' ' {
				quiet = 0
			}
		}
		for end > i && ops[end-1].kind == ' ' && trailing(ops[:end]) > contextLines {
			end--
		}
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ b/%s\n", from, name)
		}
		writeHunk(&out, ops[start:end])
		i = end
	}
	return out.String()
}

// trailing counts the unchanged lines at the end.
func trailing(ops []op) int {
	n := 0
	for i := len(ops) - 1; i >= 0 && ops[i].kind == ' '; i-- {
		n++
	}
	return n
}

func splitLines(data []byte) []string {
	var out []string
	for line := range strings.Lines(string(data)) {
		out = append(out, line)
	}
	return out
}

// An op is a line of a diff: kept, taken out or put in.
type op struct {
	kind byte
	text string
	a, b int // numbers of the lines, from 1, before this one is counted
}

// compare returns the lines of both texts in the order of a diff.
func compare(a, b []string) []op {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []op
	i, j := 0, 0
	add := func(kind byte, text string) {
		out = append(out, op{kind, text, i + 1, j + 1})
		if kind != '+' {
			i++
		}
		if kind != '-' {
			j++
		}
	}
	for _, l := range a[:head] {
		add(' ', l)
	}
	midA, midB := a[head:len(a)-tail], b[head:len(b)-tail]
	for _, s := range script(midA, midB) {
		add(s.kind, s.text)
	}
	for _, l := range a[len(a)-tail:] {
		add(' ', l)
	}
	return out
}

// script returns the shortest edit by the longest common subsequence.
func script(a, b []string) []op {
	var out []op
	if len(a)*len(b) > maxDiffLines*maxDiffLines || len(a) == 0 || len(b) == 0 {
		for _, l := range a {
			out = append(out, op{kind: '-', text: l})
		}
		for _, l := range b {
			out = append(out, op{kind: '+', text: l})
		}
		return out
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, op{kind: ' ', text: a[i]})
			i++
			j++
		case j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1]:
			out = append(out, op{kind: '-', text: a[i]})
			i++
		default:
			out = append(out, op{kind: '+', text: b[j]})
			j++
		}
	}
	return out
}

func writeHunk(out *strings.Builder, ops []op) {
	countA, countB := 0, 0
	for _, o := range ops {
		if o.kind != '+' {
			countA++
		}
		if o.kind != '-' {
			countB++
		}
	}
	startA, startB := ops[0].a, ops[0].b
	if countA == 0 {
		startA--
	}
	if countB == 0 {
		startB--
	}
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n", startA, countA, startB, countB)
	for _, o := range ops {
		text, ended := strings.CutSuffix(o.text, "\n")
		fmt.Fprintf(out, "%c%s\n", o.kind, strings.TrimSuffix(text, "\r"))
		if !ended {
			out.WriteString("\\ No newline at end of file\n")
		}
	}
}
