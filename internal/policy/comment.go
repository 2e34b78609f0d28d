package policy

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

const (
	// ownMarker starts a comment of ours: the marker, the id of a rule, a reason.
	ownMarker = "keysift:allow"
	// placeholder stands for the reason in what [Paste] returns. A comment that
	// still holds it gives none.
	placeholder = "REASON"
	// maxLine is how much of the end of a line is looked at, in bytes. It
	// bounds the work on files that are one line.
	maxLine = 16 << 10
)

// A Verdict says whether a comment allows a finding.
type Verdict struct {
	Allowed bool
	By      string // the marker that decided, ours or another tool's; empty if there is none
	Reason  string // what the comment gives as its reason; foreign ones may give none
	// Ineffective says why a comment of ours does not count, as "it gives no
	// reason". It is empty if there is none or if one counts.
	Ineffective string
}

// Allow reports whether a comment on a line, or on the line before it, allows
// the finding of a rule that stands on the line. ids are the rule's id and its
// aliases. Lines may end in a line break; before is nil on the first line.
//
// A comment of ours must name the rule and give a reason. On the line before
// it counts only if it is all that stands there. Comments of other tools count
// if foreign is set, on the line where their tool reads them.
func Allow(line, before []byte, ids []string, foreign bool) Verdict {
	text, previous := tail(line), tail(before)
	verdict := ownComment(text, ids)
	if !verdict.Allowed && isOnlyComment(previous) {
		if v := ownComment(previous, ids); v.Allowed || verdict.By == "" {
			verdict = v
		}
	}
	if verdict.Allowed || !foreign {
		return verdict
	}
	if v := foreignComment(text, previous); v.Allowed {
		return v
	}
	return verdict
}

// tail returns the end of a line without its line break and outer spaces.
func tail(line []byte) string {
	if len(line) > maxLine {
		line = line[len(line)-maxLine:]
	}
	return string(bytes.TrimSpace(line))
}

// ownComment judges the comments of ours in a line. Of several the first that
// counts decides, and if none does, the first.
func ownComment(line string, ids []string) Verdict {
	var first Verdict
	for rest := line; ; {
		at := indexMarker(rest, ownMarker)
		if at < 0 {
			return first
		}
		inComment := startsComment(line, len(line)-len(rest)+at)
		rest = rest[at+len(ownMarker):]
		if !inComment {
			continue
		}
		body := rest
		if next := indexMarker(rest, ownMarker); next >= 0 {
			body = rest[:next]
		}
		v := judge(body, ids)
		if v.Allowed {
			return v
		}
		if first.By == "" {
			first = v
		}
	}
}

// judge reads what stands after the marker: rules, separated by commas, and a
// reason.
func judge(body string, ids []string) Verdict {
	v := Verdict{By: ownMarker}
	body = comment(body)
	names, reason, _ := strings.Cut(body, " ")
	reason = strings.TrimSpace(reason)
	switch {
	case names == "":
		v.Ineffective = "it names no rule and gives no reason"
	case names == "*" || names == "all":
		v.Ineffective = "it must name the rule"
	case !namesRule(names, ids):
		v.Ineffective = "it does not name this rule"
	case !isReason(reason):
		v.Ineffective = "it gives no reason"
	default:
		v.Allowed, v.Reason = true, reason
	}
	return v
}

// comment returns the text of a comment up to its end, with single spaces.
func comment(s string) string {
	end := len(s)
	for _, closer := range [...]string{"*/", "-->", "--%>", "#}", "*)", "-}", "#>", "]]"} {
		if i := strings.Index(s, closer); i >= 0 {
			end = min(end, i)
		}
	}
	return strings.Join(strings.Fields(s[:end]), " ")
}

func namesRule(names string, ids []string) bool {
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSuffix(name, ":")
		if name != "" && slices.Contains(ids, name) {
			return true
		}
	}
	return false
}

// isReason reports whether s says anything: it has a letter or digit and is
// not what stood there to be replaced.
func isReason(s string) bool {
	return s != placeholder && strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// indexMarker returns where marker stands in s as a word of its own, or -1.
func indexMarker(s, marker string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], marker)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(marker)
		if (i == 0 || !isWord(s[i-1])) && (end == len(s) || !isWord(s[end])) {
			return i
		}
		from = i + 1
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// An opener starts a comment in some language.
type opener struct {
	text  string
	end   string // closes the comment; empty if the line's end does
	first bool   // only as the first of a line: elsewhere it is usually no comment
	apart bool   // only between spaces: it is an operator or starts an option, too
	quote bool   // it is also a quotation mark: only if no other follows
}

// openers returns the ways to start a comment, longer ones before their starts.
func openers() []opener {
	return []opener{
		{text: "<!--", end: "-->"}, {text: "<%--", end: "--%>"}, {text: "/*", end: "*/"}, {text: "{#", end: "#}"}, {text: "<#", end: "#>"},
		{text: "(*", end: "*)"}, {text: "{-", end: "-}"}, {text: "--[[", end: "]]"},
		{text: "//"}, {text: "#"}, {text: ";;", apart: true}, {text: ";", apart: true},
		{text: "--", apart: true}, {text: "%", apart: true}, {text: "!", apart: true},
		{text: "*", first: true, end: "*/"}, {text: "::", first: true}, {text: "'", first: true, quote: true}, {text: "\"", first: true, quote: true},
		{text: "REM ", first: true}, {text: "rem ", first: true}, {text: "@REM ", first: true}, {text: "@rem ", first: true}, {text: "dnl ", first: true},
	}
}

// startsComment reports whether a comment begins in line before the marker at
// an offset. It does not know the language, and so not what is a string:
// whoever can write a marker into a string can write a comment, too. What it
// keeps out is a marker in plain text or in an option, and a URL taken for a
// comment.
func startsComment(line string, at int) bool {
	before := strings.TrimLeft(line[:at], " \t")
	for _, o := range openers() {
		if o.first {
			if strings.HasPrefix(before, o.text) && !(o.quote && strings.Count(line, o.text) > 1) {
				return true
			}
			continue
		}
		for from := 0; ; {
			i := strings.Index(before[from:], o.text)
			if i < 0 {
				break
			}
			from += i + 1
			if o.end != "" || o.standsIn(before, from-1) {
				return true
			}
		}
	}
	return false
}

// standsIn reports whether the opener at offset i of s can start a comment.
func (o *opener) standsIn(s string, i int) bool {
	end := i + len(o.text)
	if o.apart && end < len(s) && !isSpace(s[end]) {
		return false
	}
	if i == 0 || isSpace(s[i-1]) {
		return true
	}
	return !o.apart && strings.IndexByte(";,(){}[]>\"'`", s[i-1]) >= 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// isOnlyComment reports whether a trimmed line is a comment and nothing else.
func isOnlyComment(line string) bool {
	for _, o := range openers() {
		if !strings.HasPrefix(line, o.text) || o.quote && strings.Count(line, o.text) > 1 {
			continue
		}
		if o.end == "" {
			return true
		}
		i := strings.Index(line[len(o.text):], o.end)
		return i < 0 || len(o.text)+i+len(o.end) == len(line)
	}
	return false
}
