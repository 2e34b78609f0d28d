package main

import (
	"bytes"

	"github.com/keysift/keysift/internal/judge"
)

// Record is one finding: the lines it covers, from 1, and how sure it is.
type Record struct {
	Rule      string
	Line, End int
	Score     float64
	// Confidence of what the whole engine found; empty before there is one.
	Confidence string
}

// Detector finds the credentials of a file.
type Detector func(path string, text []byte) []Record

// sample is a candidate of a window with its features.
type sample struct {
	window   int
	line     int
	truth    float32
	weight   float32
	features []float32
	capped   bool // at most low, whatever the trees say
}

// pemBlocks returns the ranges of the private keys in text.
func pemBlocks(text []byte) []Record {
	const begin, end = "-----BEGIN ", "-----END "
	var blocks []Record
	line := 1
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(begin))
		if i < 0 {
			return blocks
		}
		line += bytes.Count(text[at:at+i], []byte("\n"))
		at += i
		head, _, _ := bytes.Cut(text[at:min(len(text), at+80)], []byte("\n"))
		if !bytes.Contains(head, []byte("PRIVATE KEY")) {
			at += len(begin)
			continue
		}
		stop := bytes.Index(text[at:], []byte(end))
		if stop < 0 {
			stop = len(text) - at
		}
		if n := bytes.Index(text[at+len(begin):at+stop], []byte(begin)); stop > len(begin) && n >= 0 {
			stop = len(begin) + n
		}
		body := text[at : at+stop]
		if plausiblePEM(body[min(len(body), len(begin)):]) {
			blocks = append(blocks, Record{Rule: "private-key", Line: line, End: line + bytes.Count(body, []byte("\n")), Score: 0.99})
		}
		line += bytes.Count(body, []byte("\n"))
		at += stop
	}
}

// plausiblePEM reports whether the body holds enough varied base64.
func plausiblePEM(body []byte) bool {
	n := 0
	var seen [256]bool
	distinct := 0
	for _, c := range body {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			n++
			if !seen[c] {
				seen[c] = true
				distinct++
			}
		}
	}
	_, body, _ = bytes.Cut(body, []byte("-----"))
	body = bytes.TrimLeft(body, "\\nr \t\r\n\"'+,|>")
	der := bytes.HasPrefix(body, []byte("M")) || bytes.HasPrefix(body, []byte("b3Blbn")) || bytes.HasPrefix(body, []byte("Proc-Type")) || bytes.Contains(body[:min(len(body), 200)], []byte(": "))
	return n > 60+20 && distinct > 24 && der && !bytes.Contains(body, []byte("..."))
}

// prefilter tells the lines an engine would look at: those with a word, those
// that follow them closely, those with a long run and those with a URL.
type prefilter struct{ words [][]byte }

func newPrefilter() *prefilter {
	p := &prefilter{}
	for _, w := range judge.Words() {
		p.words = append(p.words, []byte(w))
	}
	return p
}

func (p *prefilter) hit(line []byte) (word, other bool) {
	low := bytes.ToLower(line)
	for _, w := range p.words {
		if bytes.Contains(low, w) {
			return true, true
		}
	}
	run := 0
	for i, c := range line {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '_' || c == '-' {
			if run++; run >= judge.RunLength {
				return false, true
			}
			continue
		}
		run = 0
		if c == ':' && bytes.HasPrefix(line[i:], []byte("://")) {
			return false, true
		}
	}
	return false, false
}

// samples returns the candidates of a window outside its private keys.
func samples(meter *judge.Meter, pre *prefilter, w *Window, index int) []sample {
	text := []byte(w.Text)
	blocks := pemBlocks(text)
	var out []sample
	var buf []judge.Candidate
	near, family := 0, judge.FamilyOf(w.Path)
	lines(text, func(n, start, end int) {
		near--
		word, other := pre.hit(text[start:end])
		if word {
			near = judge.WordLines
		}
		if !other && near <= 0 {
			return
		}
		for _, b := range blocks {
			if b.Line <= n && n <= b.End {
				return
			}
		}
		buf = meter.Candidates(buf[:0], family, text, start, end)
		for i := range buf {
			c := &buf[i]
			s := sample{window: index, line: n, capped: c.Capped(text)}
			s.truth, s.weight = truthOf(w, n, c.Start-start, c.End-start)
			s.features = meter.Measure(nil, text, c)
			out = append(out, s)
		}
	})
	return out
}

// truthOf returns what the labels say of the bytes start to end of line n. A
// candidate beside the true value of its line is neither right nor wrong.
func truthOf(w *Window, n, start, end int) (truth, weight float32) {
	weight = 1
	for _, l := range w.Labels {
		if l.Truth != "T" || n < l.Line || n > l.EndLine {
			continue
		}
		if len(l.Values) == 0 || n > l.Line {
			weight = 0
			continue
		}
		hit, known := false, false
		for _, v := range l.Values {
			if v.Truth != "T" {
				continue
			}
			known = true
			hit = hit || start < v.End && v.Start < end || v.End < 0 && v.Start < end
		}
		switch {
		case hit:
			return 1, 1
		case known:
			weight = 0.2
		default:
			weight = 0
		}
	}
	return 0, weight
}
