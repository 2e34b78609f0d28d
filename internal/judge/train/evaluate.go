package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// outcome is one thing a threshold decides: a true label that is found at or
// below its score, or a line without one that is reported at or below its score.
type outcome struct {
	score    float64
	truth    bool
	category string
}

// judged compares the records of one window with its labels, by the rules of
// the corpus's own scoring: a record hits every label whose lines it overlaps,
// and a false alarm counts once a line.
func judged(w *Window, records []Record, out []outcome) []outcome {
	for _, l := range w.Labels {
		if l.Truth != "T" {
			continue
		}
		best := -1.0
		for _, r := range records {
			if r.Line <= l.EndLine && r.End >= l.Line {
				best = max(best, r.Score)
			}
		}
		out = append(out, outcome{best, true, l.Category})
	}
	alarms := map[int]float64{}
	for _, r := range records {
		if !slices.ContainsFunc(w.Labels, func(l Label) bool { return l.Truth == "T" && r.Line <= l.EndLine && r.End >= l.Line }) {
			alarms[r.Line] = max(alarms[r.Line], r.Score)
		}
	}
	for _, line := range slices.Sorted(mapsKeys(alarms)) {
		out = append(out, outcome{score: alarms[line]})
	}
	return out
}

func mapsKeys(m map[int]float64) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// counts are the figures of one threshold.
type counts struct{ tp, fp, fn int }

func (c counts) precision() float64 { return ratio(c.tp, c.tp+c.fp) }
func (c counts) recall() float64    { return ratio(c.tp, c.tp+c.fn) }
func (c counts) f1() float64        { return ratio(2*c.tp, 2*c.tp+c.fp+c.fn) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func at(out []outcome, threshold float64) counts {
	var c counts
	for _, o := range out {
		switch {
		case o.truth && o.score >= threshold:
			c.tp++
		case o.truth:
			c.fn++
		case o.score >= threshold:
			c.fp++
		}
	}
	return c
}

// curvePoints are the recalls the curve is printed for.
var curvePoints = []float64{.5, .6, .7, .75, .8, .85, .88, .9, .91, .92, .93, .94, .95, .96, .97}

// printCurve prints precision at given recalls and the best F1.
func printCurve(w io.Writer, out []outcome) {
	sorted := slices.Clone(out)
	slices.SortStableFunc(sorted, func(a, b outcome) int { return cmp.Compare(b.score, a.score) })
	total := 0
	for _, o := range sorted {
		if o.truth {
			total++
		}
	}
	var best, c counts
	bestAt, area := 0.0, 0.0
	next := 0
	fmt.Fprintf(w, "%-10s", "recall")
	var precision, thresholds strings.Builder
	for i, o := range sorted {
		if o.score < 0 {
			break
		}
		if o.truth {
			c.tp++
			area += c.precision()
		} else {
			c.fp++
		}
		c.fn = total - c.tp
		if i+1 < len(sorted) && sorted[i+1].score == o.score {
			continue
		}
		if c.f1() > best.f1() {
			best, bestAt = c, o.score
		}
		for next < len(curvePoints) && c.recall() >= curvePoints[next] {
			fmt.Fprintf(w, " %5.2f", curvePoints[next])
			fmt.Fprintf(&precision, " %5.3f", c.precision())
			fmt.Fprintf(&thresholds, " %5.3f", o.score)
			next++
		}
	}
	fmt.Fprintf(w, "\n%-10s%s\n%-10s%s\n", "precision", precision.String(), "threshold", thresholds.String())
	fmt.Fprintf(w, "best F1 %.3f at %.3f: precision %.3f recall %.3f; average precision %.4f\n", best.f1(), bestAt, best.precision(), best.recall(), area/float64(max(1, total)))
}

// printLevels prints the figures at each level's bound, and within its band.
func printLevels(w io.Writer, out []outcome, bounds bounds) {
	fmt.Fprintf(w, "%-10s %9s %6s %6s %6s %9s %7s %6s %8s\n", "level", "threshold", "TP", "FP", "FN", "precision", "recall", "F1", "in band")
	above := 1e9
	for _, l := range []struct {
		name string
		t    float64
	}{{"high", bounds.high}, {"medium", bounds.medium}, {"low", bounds.low}} {
		c := at(out, l.t)
		top := at(out, above)
		fmt.Fprintf(w, "%-10s %9.3f %6d %6d %6d %9.3f %7.3f %6.3f %8.3f\n", l.name, l.t, c.tp, c.fp, c.fn, c.precision(), c.recall(), c.f1(),
			ratio(c.tp-top.tp, c.tp-top.tp+c.fp-top.fp))
		above = l.t
	}
}

// printThresholds prints the figures at fixed probabilities, for choosing the levels.
func printThresholds(w io.Writer, out []outcome) {
	fmt.Fprintf(w, "%-10s %9s %7s\n", "threshold", "precision", "recall")
	for _, t := range []float64{.2, .25, .3, .35, .4, .5, .6, .65, .7, .75, .8, .85, .9, .95, .97} {
		c := at(out, t)
		fmt.Fprintf(w, "%-10.2f %9.3f %7.3f\n", t, c.precision(), c.recall())
	}
}

// printCategories prints the recall of the largest categories at a threshold.
func printCategories(w io.Writer, out []outcome, threshold float64) {
	hits := map[string]*counts{}
	var names []string
	for _, o := range out {
		if !o.truth {
			continue
		}
		for c := range strings.SplitSeq(o.category, ":") {
			if hits[c] == nil {
				hits[c] = &counts{}
				names = append(names, c)
			}
			if o.score >= threshold {
				hits[c].tp++
			} else {
				hits[c].fn++
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(hits[b].tp+hits[b].fn, hits[a].tp+hits[a].fn), cmp.Compare(a, b))
	})
	for _, n := range names[:min(20, len(names))] {
		fmt.Fprintf(w, "  %-28s %5d of %5d  %.2f\n", n, hits[n].tp, hits[n].tp+hits[n].fn, hits[n].recall())
	}
}

// printReliability prints, for bands of probability, how often candidates of
// the band were true.
func printReliability(w io.Writer, p []float64, data []sample) {
	fmt.Fprintf(w, "%-12s %7s %9s %7s\n", "probability", "count", "predicted", "true")
	const bands = 10
	var n, sum, pos [bands]float64
	for i, x := range p {
		if data[i].weight < 1 {
			continue
		}
		k := min(bands-1, int(x*bands))
		n[k]++
		sum[k] += x
		pos[k] += float64(data[i].truth)
	}
	for k := range bands {
		fmt.Fprintf(w, "%.1f to %.1f   %7.0f %9.3f %7.3f\n", float64(k)/bands, float64(k+1)/bands, n[k], sum[k]/math.Max(1, n[k]), pos[k]/math.Max(1, n[k]))
	}
}
