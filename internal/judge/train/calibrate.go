package main

import (
	"cmp"
	"math"
	"slices"
)

// knot is a point of the calibration curve.
type knot struct{ raw, p float64 }

// bounds are the least probabilities of the levels.
type bounds struct{ low, medium, high float64 }

// calibration fits a rising curve from log odds to probability by isotonic
// regression, and keeps few points of it.
func calibration(raw []float64, data []sample, weights []float64) []knot {
	type block struct{ raw, pos, n float64 }
	order := make([]int, 0, len(raw))
	for i := range raw {
		if data[i].weight >= 1 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(raw[a], raw[b]), cmp.Compare(a, b)) })
	var blocks []block
	for _, i := range order {
		w := weights[i]
		blocks = append(blocks, block{raw[i] * w, float64(data[i].truth) * w, w})
		for len(blocks) > 1 {
			a, b := blocks[len(blocks)-2], blocks[len(blocks)-1]
			if a.pos*b.n < b.pos*a.n {
				break
			}
			blocks = append(blocks[:len(blocks)-2], block{a.raw + b.raw, a.pos + b.pos, a.n + b.n})
		}
	}
	// join blocks until each point stands on enough candidates
	const least = 60
	var joined []block
	for _, b := range blocks {
		if k := len(joined) - 1; k >= 0 && joined[k].n < least {
			joined[k] = block{joined[k].raw + b.raw, joined[k].pos + b.pos, joined[k].n + b.n}
			continue
		}
		joined = append(joined, b)
	}
	var knots []knot
	for _, b := range joined {
		k := knot{round(b.raw/b.n, 3), round((b.pos+0.5)/(b.n+1), 4)}
		if n := len(knots); n > 0 && (k.raw <= knots[n-1].raw || k.p < knots[n-1].p) {
			continue
		}
		knots = append(knots, k)
	}
	// beyond the last point the odds go on, a little
	last := knots[len(knots)-1]
	return append(knots, knot{round(last.raw+3, 3), round(math.Max(last.p, 0.999), 4)})
}

// cap keeps what is at most low below the bound of the medium level.
func (s *sample) cap(p, medium float64) float64 {
	if s.capped {
		return min(p, medium-0.01)
	}
	return p
}

func round(x float64, digits int) float64 {
	f := math.Pow10(digits)
	return math.Round(x*f) / f
}

func calibrate(k []knot, raw float64) float64 {
	if raw <= k[0].raw {
		return k[0].p
	}
	for i := 1; i < len(k); i++ {
		if raw <= k[i].raw {
			a, b := k[i-1], k[i]
			return a.p + (b.p-a.p)*(raw-a.raw)/(b.raw-a.raw)
		}
	}
	return k[len(k)-1].p
}

// What is asked of each level in cross-validation. It is more than is promised,
// since a bound loses some on repositories it has not seen.
const (
	wantHigh       = 0.975
	wantMedium     = 0.95
	wantMediumBand = 0.90
	wantLow        = 0.83
)

// Within these a bound follows the data; beyond, it would follow their noise.
var (
	rangeHigh   = [2]float64{0.96, 0.97}
	rangeMedium = [2]float64{0.75, 0.79}
	rangeLow    = [2]float64{0.11, 0.30}
)

// chooseBounds returns the least probabilities at which the outcomes are as
// precise as asked.
func chooseBounds(out []outcome) bounds {
	b := bounds{low: least(out, wantLow, rangeLow), medium: least(out, wantMedium, rangeMedium), high: least(out, wantHigh, rangeHigh)}
	for b.medium < rangeMedium[1] && band(out, b.medium, b.high) < wantMediumBand {
		b.medium = round(b.medium+0.01, 2)
	}
	return b
}

// least returns the lowest threshold in a range from which on precision is as
// wanted, or the highest of the range.
func least(out []outcome, want float64, within [2]float64) float64 {
	t := within[1]
	for t > within[0] && at(out, round(t-0.01, 2)).precision() >= want {
		t = round(t-0.01, 2)
	}
	return t
}

func band(out []outcome, from, to float64) float64 {
	lo, hi := at(out, from), at(out, to)
	return ratio(lo.tp-hi.tp, lo.tp-hi.tp+lo.fp-hi.fp)
}
