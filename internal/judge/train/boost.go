package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

const (
	depth  = 4
	splits = 1<<depth - 1
	leaves = 1 << depth
	maxBin = 64
)

// settings of the boosting. All numbers were chosen by cross-validation.
type settings struct {
	trees      int
	rate       float64
	columns    float64 // share of the features a tree may use
	rows       float64 // share of the repositories a tree sees
	ridge      float64
	minHessian float64
	fairSize   float64 // candidates up to which each of a repository counts fully
	fairness   float64 // how fast they count less beyond, 0 to 1
	seed       uint64
}

func defaultSettings() settings {
	return settings{trees: 200, rate: 0.1, columns: 0.3, rows: 0.8, ridge: 4, minHessian: 6, fairSize: 600, fairness: 0.25, seed: 1}
}

// node is one split of a tree; unused splits send everything to the left.
type node struct {
	feature   int
	threshold float32
	bin       int
}

type boosted struct {
	splits [splits]node
	leaves [leaves]float64
}

type forest struct {
	bias  float64
	trees []boosted
}

// raw returns the log odds for the features.
func (f *forest) raw(x []float32) float64 {
	sum := f.bias
	for i := range f.trees {
		t := &f.trees[i]
		k := 0
		for range depth {
			n := t.splits[k]
			k = 2*k + 1
			if x[n.feature] > n.threshold {
				k++
			}
		}
		sum += t.leaves[k-splits]
	}
	return sum
}

// binned holds the features of the samples as numbers of bins, by column.
type binned struct {
	edges [][]float32 // a value belongs to the first bin whose edge it does not exceed
	cols  [][]uint8
}

// short rounds a threshold to what the weights file will say, so that training
// and inference see the same split.
func short(v float32) float32 {
	s := strconv.FormatFloat(float64(v), 'g', 4, 32)
	r, _ := strconv.ParseFloat(s, 32)
	return float32(r)
}

func bin(data []sample) *binned {
	n := len(data[0].features)
	b := &binned{edges: make([][]float32, n), cols: make([][]uint8, n)}
	values := make([]float32, len(data))
	for f := range n {
		for i := range data {
			values[i] = data[i].features[f]
		}
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		unique := slices.Compact(slices.Clone(sorted))
		var edges []float32
		if len(unique) <= maxBin {
			for i := 0; i+1 < len(unique); i++ {
				edges = append(edges, short((unique[i]+unique[i+1])/2))
			}
		} else {
			for k := 1; k < maxBin; k++ {
				edges = append(edges, short(sorted[k*len(sorted)/maxBin]))
			}
		}
		edges = slices.Compact(edges)
		col := make([]uint8, len(data))
		for i, v := range values {
			k, _ := slices.BinarySearch(edges, v)
			col[i] = uint8(k)
		}
		b.edges[f], b.cols[f] = edges, col
	}
	return b
}

type cell struct{ g, h float64 }

// boost fits a forest to the samples whose weight is above zero. groups tells
// the repository of each: a tree sees whole repositories, so that what holds
// in one only is not learnt.
func boost(data []sample, groups []int, weights []float64, set settings) *forest {
	b := bin(data)
	rng := rand.New(rand.NewPCG(set.seed, 0x5eed))
	var rows []int32
	pos, all := 0.0, 0.0
	ngroups := 0
	for i := range data {
		ngroups = max(ngroups, groups[i]+1)
		if weights[i] > 0 {
			rows = append(rows, int32(i))
			all += weights[i]
			pos += weights[i] * float64(data[i].truth)
		}
	}
	f := &forest{bias: math.Log(pos / (all - pos))}
	raw := make([]float64, len(data))
	for i := range raw {
		raw[i] = f.bias
	}
	grad, hess := make([]float64, len(data)), make([]float64, len(data))
	inTree := make([]bool, ngroups)
	for range set.trees {
		for g := range inTree {
			inTree[g] = rng.Float64() < set.rows
		}
		var use []int32
		for _, i := range rows {
			p := 1 / (1 + math.Exp(-raw[i]))
			grad[i] = (float64(data[i].truth) - p) * weights[i]
			hess[i] = p * (1 - p) * weights[i]
			if inTree[groups[i]] {
				use = append(use, i)
			}
		}
		var cols []int
		for c := range b.cols {
			if len(b.edges[c]) > 0 && rng.Float64() < set.columns {
				cols = append(cols, c)
			}
		}
		t := grow(b, cols, use, grad, hess, set)
		f.trees = append(f.trees, *t)
		for _, i := range rows {
			raw[i] += t.leaf(b, i)
		}
	}
	return f
}

func (t *boosted) leaf(b *binned, i int32) float64 {
	k := 0
	for range depth {
		n := t.splits[k]
		k = 2*k + 1
		if n.bin >= 0 && int(b.cols[n.feature][i]) > n.bin {
			k++
		}
	}
	return t.leaves[k-splits]
}

// grow builds one tree, level by level.
func grow(b *binned, cols []int, use []int32, grad, hess []float64, set settings) *boosted {
	t := &boosted{}
	for i := range t.splits {
		t.splits[i] = node{threshold: float32(math.Inf(1)), bin: -1}
	}
	parts := [][]int32{use}
	for level := range depth {
		first := 1<<level - 1
		next := make([][]int32, 0, 2*len(parts))
		for k, part := range parts {
			n, ok := bestSplit(b, cols, part, grad, hess, set)
			if !ok {
				next = append(next, part, nil)
				continue
			}
			t.splits[first+k] = n
			left, right := make([]int32, 0, len(part)), make([]int32, 0, len(part)/4)
			col := b.cols[n.feature]
			for _, i := range part {
				if int(col[i]) > n.bin {
					right = append(right, i)
				} else {
					left = append(left, i)
				}
			}
			next = append(next, left, right)
		}
		parts = next
	}
	for k, part := range parts {
		var g, h float64
		for _, i := range part {
			g += grad[i]
			h += hess[i]
		}
		t.leaves[k] = math.Round(1000*set.rate*g/(h+set.ridge)) / 1000
	}
	return t
}

func bestSplit(b *binned, cols []int, part []int32, grad, hess []float64, set settings) (node, bool) {
	best, bestGain := node{}, 1e-6
	if len(part) < 2 {
		return best, false
	}
	var g, h float64
	for _, i := range part {
		g += grad[i]
		h += hess[i]
	}
	if h < 2*set.minHessian {
		return best, false
	}
	whole := g * g / (h + set.ridge)
	var hist [maxBin]cell
	for _, c := range cols {
		n := len(b.edges[c])
		clear(hist[:n+1])
		col := b.cols[c]
		for _, i := range part {
			x := &hist[col[i]]
			x.g += grad[i]
			x.h += hess[i]
		}
		var lg, lh float64
		for k := range n {
			lg += hist[k].g
			lh += hist[k].h
			rg, rh := g-lg, h-lh
			if lh < set.minHessian || rh < set.minHessian {
				continue
			}
			if gain := lg*lg/(lh+set.ridge) + rg*rg/(rh+set.ridge) - whole; gain > bestGain {
				bestGain = gain
				best = node{feature: c, threshold: b.edges[c][k], bin: k}
			}
		}
	}
	return best, bestGain > 1e-6
}
