package scan

import (
	"bytes"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// weigh lets the judge say how sure a finding is whose format says little of its
// value: a password in a URL, a connection string or on a command line, or a
// token of which only a word near by says what it is. It reports false for what
// the judge knows to be none.
func (w *worker) weigh(path string, text []byte, c *candidate) bool {
	r := c.match.Rule
	if c.confidence <= rules.MediumConfidence && r.Check == "" && len(r.Markers) > 0 && !random(text, c) {
		c.confidence, c.score = rules.LowConfidence, scoreOf[rules.LowConfidence]
		return true
	}
	if !weighed(r) || c.confidence == rules.Certain {
		return true
	}
	if judge.Placeholder(text[c.start:c.end]) {
		c.confidence, c.score = rules.LowConfidence, scoreOf[rules.LowConfidence]
		return true
	}
	start, end := lineBounds(text, c.start)
	j := w.engine.judged()
	w.values = j.judge.All(w.values[:0], path, text, start, end)
	if byWord(r) {
		return w.weighWord(path, text, c)
	}
	for i := range w.values {
		v := &w.values[i]
		if v.Start >= c.end || v.End <= c.start {
			continue
		}
		switch v.Reject {
		case judge.Accepted:
		case judge.RejectName, judge.RejectPart, judge.RejectHash, judge.RejectLong, judge.RejectBlock:
			continue // says nothing against what the format tells
		default:
			c.confidence, c.score = rules.LowConfidence, scoreOf[rules.LowConfidence]
			return true
		}
		score := j.judge.Score(text, v)
		confidence, ok := confidenceOf(j.judge.Level(score))
		if !ok {
			confidence = rules.LowConfidence
		}
		c.confidence, c.score = min(c.confidence, confidence), score
		return true
	}
	return true
}

// hopeless is the probability below which a value under another name is not
// even worth an auditor's look.
const hopeless = 0.05

// weighWord weighs a token of which a word near by says what it is. The word is
// worth something where it names the token; for one that stands elsewhere, the
// judge decides alone. It reports false for a part of something longer and for
// what has a name that speaks of something else.
func (w *worker) weighWord(path string, text []byte, c *candidate) bool {
	if joined(text, c.start, c.end) {
		return false
	}
	j := w.engine.judged()
	vouched := c.confidence
	c.confidence, c.score = rules.LowConfidence, scoreOf[rules.LowConfidence]
	judged, none := false, false
	for i := range w.values {
		v := &w.values[i]
		if v.Start != c.start || v.End != c.end {
			continue
		}
		name := text[v.NameStart:v.NameEnd]
		named := c.match.Rule.InContext(name)
		foreign := len(name) > 0 && !named
		switch v.Reject {
		case judge.Accepted:
			score := j.judge.Score(text, v)
			confidence, ok := confidenceOf(j.judge.Level(score))
			if named && namesIdentifier(name) && !identifies(c.match.Rule) {
				continue // low at most
			}
			if !ok {
				none = none || foreign && score < hopeless
			} else if judged = true; score > c.score || confidence > c.confidence {
				c.confidence, c.score = confidence, score
			}
		case judge.RejectName:
			none = none || foreign
			if named && c.confidence < vouched && c.bears(name, text[c.start:c.end]) {
				judged, c.confidence, c.score = true, vouched, scoreOf[vouched]
			}
		case judge.RejectPublic:
			if !named || bytes.Contains(bytes.ToLower(name), []byte("public")) {
				return false
			}
		case judge.RejectHash, judge.RejectPlaceholder, judge.RejectLookup, judge.RejectFiller, judge.RejectProse:
			none = none || !named
		}
	}
	return judged || !none
}

// bears reports whether a name with the word of a rule in it may be that of a
// credential: it is no path of a package, and names no identifier unless the
// rule looks for one. A value without a digit would be a word in most alphabets.
func (c *candidate) bears(name, value []byte) bool {
	if bytes.ContainsAny(name, "/ ") || !bytes.ContainsAny(value, "0123456789") {
		return false
	}
	return identifies(c.match.Rule) || !namesIdentifier(name)
}

// namesIdentifier reports whether the last word of a name is id.
func namesIdentifier(name []byte) bool {
	n := len(name)
	if n < 2 || !bytes.EqualFold(name[n-2:], []byte("id")) {
		return false
	}
	return n == 2 || !alnum(name[n-3]) || name[n-2] == 'I' && name[n-3] >= 'a'
}

// random reports whether a token may be what its marker says: unlike a path of
// words such as api_client.PolicyApi, the first part of the name of a host, and
// what stands in the middle of a base64 run.
func random(text []byte, c *candidate) bool {
	if inBase64(text, c.start) {
		return false
	}
	value := text[c.start:c.end]
	if rest := text[c.end:]; len(rest) > 2 && rest[0] == '.' && isLower(rest[1]) && isLower(rest[2]) {
		return false
	}
	return bytes.IndexByte(value, '.') < 0 || bytes.ContainsAny(value, "0123456789")
}

// minRun is how much of a base64 run has to stand before a place in it.
const minRun = 32

// inBase64 reports whether a place is behind a sign in a base64 run, where chance
// makes markers.
func inBase64(text []byte, at int) bool {
	if at < minRun || text[at-1] != '+' && text[at-1] != '/' {
		return false
	}
	for _, ch := range text[at-minRun : at] {
		if !alnum(ch) && ch != '+' && ch != '/' {
			return false
		}
	}
	return true
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// joined reports whether text[start:end] is a part of a longer word, joined to
// the rest by a sign. The parts of a URL stand by themselves.
func joined(text []byte, start, end int) bool {
	if start > 1 && joins(text[start-1]) && alnum(text[start-2]) {
		line, _ := lineBounds(text, start)
		return !bytes.Contains(text[line:start], []byte("://"))
	}
	return end+1 < len(text) && joins(text[end]) && text[end] != '/' && alnum(text[end+1])
}

func joins(c byte) bool { return c == '+' || c == '/' || c == '_' || c == '-' }

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// weighed reports whether a rule knows no more of a value than that it may be a
// password, or that it has the shape of what a word near by speaks of.
func weighed(r *rules.Rule) bool {
	switch r.Check {
	case "password", "url-userinfo", "conn-string", "jdbc", "bearer", "k8s-secret":
		return true
	}
	return byWord(r)
}

// byWord reports whether nothing but a word near by tells what a match is.
func byWord(r *rules.Rule) bool {
	return r.Provider != "" && r.Check == "" && len(r.Markers) == 0 && len(r.Context) > 0
}
