package rules

import (
	"fmt"
	"regexp"
)

// A Kind says in which way a credential is exposed.
type Kind uint8

// The kinds of finding, see CLI.md "Records".
const (
	Hardcoded Kind = iota // a credential in text
	URL                   // a credential in a URL
	Log                   // a credential that reaches a log or an error
	Transport             // a credential sent over plain http
	File                  // a configuration file that git would take along
)

var kindNames = [...]string{"hardcoded", "url", "log", "transport", "file"}

// String returns the name used in rule files and reports.
func (k Kind) String() string { return name(kindNames[:], int(k)) }

// ParseKind is the inverse of [Kind.String].
func ParseKind(s string) (Kind, error) {
	i, err := parseName("kind", kindNames[:], s)
	return Kind(i), err
}

// A Severity says what a credential grants, not how sure its finding is.
type Severity uint8

// Severities in rising order. None marks an encrypted or public form: a match
// of such a rule suppresses what it overlaps and is itself not reported.
const (
	None Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"none", "low", "medium", "high", "critical"}

// String returns the name used in rule files and reports.
func (s Severity) String() string { return name(severityNames[:], int(s)) }

// ParseSeverity is the inverse of [Severity.String].
func ParseSeverity(s string) (Severity, error) {
	i, err := parseName("severity", severityNames[:], s)
	return Severity(i), err
}

// A Confidence is a band of probability that a finding is a real credential.
type Confidence uint8

// Confidences in rising order, see CLI.md "Confidence".
const (
	LowConfidence    Confidence = iota // worth an auditor's look
	MediumConfidence                   // context and value agree
	HighConfidence                     // unmistakable marker and shape
	Certain                            // verified offline
)

var confidenceNames = [...]string{"low", "medium", "high", "certain"}

// String returns the name used in rule files, flags and reports.
func (c Confidence) String() string { return name(confidenceNames[:], int(c)) }

// ParseConfidence is the inverse of [Confidence.String].
func ParseConfidence(s string) (Confidence, error) {
	i, err := parseName("confidence", confidenceNames[:], s)
	return Confidence(i), err
}

// A Boundary says on which sides of a match a word may not go on.
type Boundary uint8

// A byte that continues the word to the left, or the alphabet of the
// pattern's end to the right, makes the match part of something longer.
const (
	BoundBoth Boundary = iota
	BoundLeft
	BoundRight
	BoundNone
)

var boundaryNames = [...]string{"both", "left", "right", "none"}

// String returns the name used in rule files.
func (b Boundary) String() string { return name(boundaryNames[:], int(b)) }

// ParseBoundary is the inverse of [Boundary.String].
func ParseBoundary(s string) (Boundary, error) {
	i, err := parseName("boundary", boundaryNames[:], s)
	return Boundary(i), err
}

func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func parseName(what string, names []string, s string) (int, error) {
	for i, n := range names {
		if n == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unknown %s %q, want one of %q", what, s, names)
}

// A Rule describes one credential format. It is immutable once loaded.
type Rule struct {
	ID, Title, Provider string
	Kind                Kind
	Severity            Severity
	Confidence          Confidence     // of a match that no offline check verified
	Markers             []string       // literals, one of which the match holds; case-sensitive
	Context             []string       // words, in lower case, one of which must stand near
	Pattern             string         // RE2 syntax; the group "secret" is the credential, else the whole match
	Boundary            Boundary       // sides on which the match may not be part of a longer word
	Shape               string         // the format in the shape language of internal/secrettest; tests only
	Check               string         // offline check, see internal/judge; empty for none
	Args                []string       // arguments of the check
	Pair                string         // rule whose finding near by belongs to this one
	Entropy             float64        // least Shannon entropy of the secret's random part, bits a byte; 0 is the default for its length
	Path                *regexp.Regexp // the path must match; nil for any
	Back, Forward       int            // bytes before and after the match where Context and Pair count
	Lines               int            // lines before and after the match where Context and Pair count; 0 is the match's own
	Aliases             []string       // ids of this rule in other tools, former ids
	Reject              []string       // patterns of near misses: a secret that matches one is none
	Remedy              string         // id of the Remedy
	Engine              Engine         // how the pattern runs
	Examples            Examples       // of a user's rule, run by "rules check"

	reject []*regexp.Regexp // Reject, compiled
}

// Examples are texts that a user's rule must and must not match.
type Examples struct{ Match, Reject []string }

// An Engine says by which machine a pattern is matched.
type Engine uint8

// The engines, fastest first.
const (
	Program   Engine = iota // byte program without a choice to take back
	Backtrack               // byte program with bounded backtracking
	Regexp                  // package regexp on a bounded window
)

var engineNames = [...]string{"program", "backtrack", "regexp"}

// String returns the name that "rules list" shows.
func (e Engine) String() string { return name(engineNames[:], int(e)) }

// A Remedy is what a person does about a leaked credential of one provider.
type Remedy struct {
	ID, Provider string
	Steps        []Step
	Confirmed    bool   // the steps were confirmed at the provider's documentation
	Source       string // URL of that documentation, or of general guidance

	whole bool // its steps are all there is to do; false once it is completed
}

// A Step is one act of a Remedy.
type Step struct {
	Action  string // revoke, rotate, deploy, validate, audit, restrict or store
	Text    string // what to do, one or two sentences
	URL     string // where, if there is a page for it
	Command string // how, if a command does it
}

// Generic reports whether the rule is of no provider: it finds a form that many
// kinds of credentials have.
func (r *Rule) Generic() bool { return r.Provider == "" || r.Provider == "Generic" }

// Rejects reports whether a secret is a near miss: one of r.Reject matches it.
func (r *Rule) Rejects(secret []byte) bool {
	for _, re := range r.reject {
		if re.Match(secret) {
			return true
		}
	}
	return false
}
