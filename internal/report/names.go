package report

import (
	"strings"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// maxNames is how many names [Names] remembers, and maxNameParts how many parts
// of one it looks at.
const (
	maxNames     = 1 << 16
	maxNameParts = 64
)

// minTokenRun is how many letters and digits in a row a name has to have for its
// parts to be looked at.
const minTokenRun = 12

// Names redacts credentials in names: paths and what else comes from outside and
// is shown beside a finding. Only what has a format of its own counts, at medium
// confidence or above; a password that is a word is an ordinary part of a path.
//
// It costs nothing for names that are not shown, and for a name that is shown
// again next to nothing. A nil *Names redacts nothing. Names are not safe for
// concurrent use.
type Names struct {
	match func(*scan.Chunk) []scan.Finding
	known map[string]string
}

// NewNames returns Names for what match, as scan.Engine.Match, finds.
func NewNames(match func(*scan.Chunk) []scan.Finding) *Names {
	return &Names{match: match, known: map[string]string{}}
}

// Redact returns s with the redacted form of each credential in its place.
func (n *Names) Redact(s string) string {
	if n == nil || len(s) < minRedactedPath {
		return s
	}
	out, ok := n.known[s]
	if !ok {
		out = n.redact(s)
		if len(n.known) == maxNames {
			clear(n.known)
		}
		n.known[s] = out
	}
	return out
}

// redact looks at the whole name, then at what stands before each separator: a
// token that letters follow behind an underscore does not look like one.
func (n *Names) redact(s string) string {
	s = n.once(s)
	if !hasRun(s) {
		return s
	}
	parts := 0
	for i := 0; i < len(s) && parts < maxNameParts; i++ {
		if s[i] != '_' && s[i] != '-' || i < minRedactedPath {
			continue
		}
		parts++
		if head := n.once(s[:i]); head != s[:i] {
			s, i = head+s[i:], len(head)
		}
	}
	return s
}

func hasRun(s string) bool {
	run := 0
	for i := 0; i < len(s) && run < minTokenRun; i++ {
		if run++; !isWordByte(s[i]) || s[i] == '_' {
			run = 0
		}
	}
	return run == minTokenRun
}

func (n *Names) once(s string) string {
	var b strings.Builder
	at := int64(0)
	for _, f := range n.match(&scan.Chunk{Data: []byte(s)}) {
		if f.Start.Byte < at || f.End.Byte > int64(len(s)) || !hasFormat(&f) {
			continue
		}
		b.WriteString(s[at:f.Start.Byte])
		b.WriteString(f.Secret.String())
		at = f.End.Byte
	}
	if at == 0 {
		return s
	}
	return b.String() + s[at:]
}

func hasFormat(f *scan.Finding) bool {
	return f.Secret.Len() > 0 && f.Confidence >= rules.MediumConfidence && specificity(f.Rule) > 0
}
