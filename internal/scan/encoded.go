package scan

import (
	"bytes"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// withDecoded adds to what was found in text what is found in what the text
// encodes. What stands there plainly, too, is found once.
func (w *worker) withDecoded(c *Chunk, path string, format decode.Format, text []byte, tr *Trace, found []candidate) []candidate {
	w.tokens = w.tokens[:0]
	for start, end := range tr.Spans() {
		if t := (decode.Span{Start: int32(start), End: int32(end)}); decode.Encoded(text, t) {
			w.tokens = append(w.tokens, t)
		}
	}
	if len(tr.Marks)+len(w.tokens) == 0 {
		return found
	}
	return w.inParts(c, path, format, text, tr.Marks, found)
}

// inParts adds what is found in the parts of a text.
func (w *worker) inParts(c *Chunk, path string, format decode.Format, text []byte, marks []int32, found []candidate) []candidate {
	plain := len(found)
	for p, err := range w.decoder.Parts(text, format, w.tokens, marks) {
		if err != nil {
			w.tell(c, leftOut(c.Path, err))
			continue
		}
		if cutOff(c, text, p) {
			w.tell(c, &Incomplete{
				Reason: decode.SafetyLimit, Path: c.Path, Detail: "compressed text that is too long within a file of this size",
				Cure: "decode it and scan what it holds",
			})
		}
		if w.inner == nil {
			w.inner = w.engine.newWorker()
			w.inner.watch(w.until)
		}
		found = w.inner.part(path, text, p, found, plain)
	}
	vouch(found[:plain], found[plain:])
	w.found = found // keep what it has grown to
	return resolve(found)
}

// cutOff reports whether a part was decompressed from a run that starts in what
// a chunk owns and goes on behind its end, so that a part of it is missing.
func cutOff(c *Chunk, text []byte, p *decode.Part) bool {
	if c.Trail == 0 || !p.Compressed() {
		return false
	}
	start, end := p.Span(0, len(p.Data))
	return end == len(text) && start >= c.Lead && start < len(text)-c.Trail
}

// tell notes that something in a chunk was left out.
func (w *worker) tell(c *Chunk, err error) {
	if c.Report != nil {
		c.Report(err)
		return
	}
	w.errs = append(w.errs, err)
}

// part appends what is found in a part of a text, of which the first plain of
// found are known to stand in the text itself.
func (w *worker) part(path string, text []byte, p *decode.Part, found []candidate, plain int) []candidate {
	adopt(found[:plain], text, p)
	w.matcher.Look(p.Data, &w.trace.Trace)
	w.tryRules(path, p.Data, p.Fresh(), &w.trace.Trace)
	if judgeable(p) {
		w.judgeLines(partPath(path, p), p.Data, w.words, &w.trace, false)
	}
	for _, f := range w.settle(p.Data) {
		if f.match.Rule.Severity == rules.None || p.Verbatim(f.match.Start, f.match.End) {
			continue
		}
		value := p.Data[f.start:f.end]
		f.start, f.end = p.Span(f.start, f.end)
		f.match.Start, f.match.End = p.Span(f.match.Start, f.match.End)
		if bytes.Equal(value, text[f.start:f.end]) {
			if !known(found[:plain], &f) {
				found = append(found, f)
			}
			continue
		}
		f.secret, f.decoded, f.packed = NewSecret(string(value), f.marker), p.Kinds(), p.Compressed()
		found = append(found, f)
	}
	return found
}

// known reports whether a rule has found a secret at its place already.
func known(found []candidate, f *candidate) bool {
	for i := range found {
		g := &found[i]
		if g.start == f.start && g.end == f.end && (g.match.Rule == f.match.Rule || f.match.Rule.Generic()) {
			return true
		}
	}
	return false
}

// judgeable reports whether values in a part are for the judge: those that were
// in base64 or in hexadecimal, or in a literal within a literal. In text that is
// escaped once the judge has read them.
func judgeable(p *decode.Part) bool {
	escapes := 0
	for _, k := range p.Kinds() {
		switch k {
		case "base64", "hex":
			return true
		case "string", "unicode":
			escapes++
		}
	}
	return escapes > 1
}

// partPath returns the path under which to judge a part: that of the file for a
// line of it, and for a text of its own one whose ending says what it looks like.
func partPath(path string, p *decode.Part) string {
	if p.InLine() {
		return path
	}
	head := bytes.TrimLeft(p.Data[:min(len(p.Data), 64)], "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[{")):
		return path + ".json"
	case bytes.HasPrefix(head, []byte("<")):
		return path + ".xml"
	case bytes.HasPrefix(head, []byte("#!")):
		return path + ".sh"
	}
	return path + ".txt"
}

// adopt gives guesses at a value that is encoded the value itself, so that it is
// the same secret wherever it stands plainly.
func adopt(plain []candidate, text []byte, p *decode.Part) {
	for i := range plain {
		f := &plain[i]
		if len(f.decoded) > 0 || !f.match.Rule.Generic() && !holdsBase64(f.match.Rule) {
			continue
		}
		if lo, hi, ok := p.Value(f.start, f.end); ok && !bytes.Equal(p.Data[lo:hi], text[f.start:f.end]) {
			value := bytes.TrimSpace(p.Data[lo:hi])
			f.decoded, f.secret, f.marker = p.Kinds(), NewSecret(string(value), 0), 0
			if f.guessed() && judge.Placeholder(value) {
				f.confidence, f.score = rules.LowConfidence, scoreOf[rules.LowConfidence]
			}
		}
	}
}

// holdsBase64 reports whether the secret of a rule is in base64 by its nature.
func holdsBase64(r *rules.Rule) bool { return r.Check == "k8s-secret" || r.Check == "docker-auth" }

// vouch makes a guess at a decoded value as sure as that at its encoded form:
// they are guesses at one credential.
func vouch(plain, decoded []candidate) {
	for i := range decoded {
		d := &decoded[i]
		if len(d.decoded) == 0 || !d.guessed() {
			continue
		}
		for k := range plain {
			if f := &plain[k]; f.guessed() && f.start <= d.start && d.end <= f.end && f.confidence > d.confidence {
				d.confidence, d.score = f.confidence, f.score
			}
		}
	}
}

// apart reports whether candidates with one place are not about one secret: what
// was compressed together has one place for all of it.
func apart(a, b *candidate) bool {
	return a.packed && b.packed && !a.secret.Equal(b.secret)
}
