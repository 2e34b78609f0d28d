package judge

import (
	"cmp"
	"slices"
)

// maxReasons bounds the features an explanation names.
const maxReasons = 8

// Explanation says how a verdict came about.
type Explanation struct {
	Name      string // the name the value is given, empty if none
	Function  string // the call it is an argument of, empty if none
	Form      string
	Family    string
	Class     string // what the value looks like
	Rejected  string // why the gate turned it away, empty if it did not
	Score     float64
	Level     Level
	Reasons   []Reason // most telling first; none if rejected
	Capped    string   // why it is kept below the medium level, empty if it is not
	Withheld  string   // why the value may be a placeholder, empty if it is none
	LineStart int
}

// Reason is what one feature did to a verdict.
type Reason struct {
	Feature string
	Value   float32
	Weight  float64 // change of the log odds: above zero speaks for a credential
}

// Explain says how Score comes to its verdict on c, or why the gate turned it
// away. It never repeats the value.
func (j *Judge) Explain(text []byte, c *Candidate) Explanation {
	v := text[c.Start:c.End]
	e := Explanation{
		Name:      string(text[c.NameStart:c.NameEnd]),
		Function:  string(text[c.FuncStart:c.FuncEnd]),
		Form:      c.Form.String(),
		Family:    c.Family.String(),
		Class:     valueClass(v),
		Rejected:  c.Reject.String(),
		Withheld:  PlaceholderReason(v),
		LineStart: c.LineStart,
	}
	if c.Reject != Accepted {
		return e
	}
	var f features
	j.measure(&f, text, c)
	e.Score = j.cap(text, c, j.model.probability(&f))
	e.Level = j.Level(e.Score)
	e.Capped = c.capReason(text)
	e.Reasons = j.model.reasons(&f)
	return e
}

// All appends what [Meter.Candidates] appends and, with the reason in Reject,
// what the gate turned away. It is for explanations.
func (m *Meter) All(dst []Candidate, path string, text []byte, lineStart, lineEnd int) []Candidate {
	return appendCandidates(dst, FamilyOf(path), text, lineStart, lineEnd, true)
}

// reasons lays the verdict at the features' doors: each split of a path moves
// the expectation of the tree from the mean of all leaves below it to that of
// the side taken, and the difference is its feature's.
func (m *model) reasons(f *features) []Reason {
	names := FeatureNames()
	var weights [featureCount]float64
	for i := range m.trees {
		t := &m.trees[i]
		var mean [treeSplits + treeLeaves]float64
		for k, leaf := range t.leaves {
			mean[treeSplits+k] = float64(leaf) / leafScale
		}
		for k := treeSplits - 1; k >= 0; k-- {
			mean[k] = (mean[2*k+1] + mean[2*k+2]) / 2
		}
		for k := 0; k < treeSplits; {
			s := &t.splits[k]
			next := 2*k + 1
			if f[s.feature] > s.threshold {
				next++
			}
			weights[s.feature] += mean[next] - mean[k]
			k = next
		}
	}
	var all []Reason
	for i, w := range weights {
		if w != 0 && (i >= featFirst || f[i] != 0) { // of one-of-a-kind features only the one that holds
			all = append(all, Reason{names[i], f[i], w})
		}
	}
	slices.SortStableFunc(all, func(a, b Reason) int { return cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)) })
	return all[:min(len(all), maxReasons)]
}

// valueClass names what a value looks like.
func valueClass(v []byte) string {
	var info valueInfo
	info.hex, info.base64, info.base32, info.alnum = true, true, true, true
	info.classes(v[:min(len(v), maxAnalysed)])
	switch {
	case len(v) == 0:
		return "empty"
	case uuidAt(v):
		return "UUID"
	case hasPrefix(v, "eyJ") && contains(v, '.'):
		return "JSON web token"
	case crypted(v):
		return "password hash"
	case number(v):
		return "number"
	case info.hex && len(v) >= 16:
		return "hexadecimal"
	case letters(v) && !random(v):
		return "word"
	case info.spaces > 0:
		return "phrase"
	case info.base64 && random(v) && len(v) >= 16:
		return "random characters"
	case info.base64 && mixed(v):
		return "letters and digits"
	}
	return "mixed signs"
}
