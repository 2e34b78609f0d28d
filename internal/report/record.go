package report

import (
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A Record is one secret with every place where it stands. Its JSON form is
// part of the command line's contract; fields that do not apply are left out.
type Record struct {
	Type       string `json:"type"` // always "finding"
	Rule       string `json:"rule"`
	Title      string `json:"title"`
	Provider   string `json:"provider,omitempty"`
	Kind       string `json:"kind"`       // see rules.Kind
	Severity   string `json:"severity"`   // see rules.Severity
	Confidence string `json:"confidence"` // see rules.Confidence
	// Reason says why Confidence is what it is, as "checksum valid".
	Reason   string  `json:"reason,omitempty"`
	Score    float64 `json:"score"`    // probability of a real credential, 0 to 1, rounded to three places
	Priority int     `json:"priority"` // 1 (revoke now) to 4, see [Priority]

	Path  string   `json:"path"`
	Start Position `json:"start,omitzero"`
	End   Position `json:"end,omitzero"` // exclusive in Column and Byte

	// Secret is the redacted form, or the secret itself where secrets were
	// asked to be shown. Length is always that of the secret, in bytes.
	Secret      string            `json:"secret,omitempty"`
	Length      int               `json:"length,omitempty"`
	Fingerprint string            `json:"fingerprint,omitempty"` // empty until [Record.Identify]
	Identity    map[string]string `json:"identity,omitempty"`    // public parts by name
	Expires     time.Time         `json:"expires,omitzero"`
	Decoded     []string          `json:"decoded,omitempty"` // encodings undone, outermost first
	Exposure    string            `json:"exposure,omitempty"`
	// Advisory says why the finding does not fail a run although it is
	// reported: "exposure" (below the exposure threshold) or "confidence"
	// (below the confidence that fails). Empty for a finding that does.
	Advisory string   `json:"advisory,omitempty"`
	Note     string   `json:"note,omitempty"` // a hint for this finding, as the allow comment to paste
	Owners   []string `json:"owners,omitempty"`
	History  *History `json:"history,omitempty"`

	// Places holds the first place, which is also that of Path and Start, and
	// up to 999 more; PlacesTotal counts all.
	Places      []Place      `json:"places,omitempty"`
	PlacesTotal int          `json:"places_total,omitempty"`
	Suppressed  *Suppressed  `json:"suppressed,omitempty"`
	Remediation *Remediation `json:"remediation,omitempty"`

	identify func(*Record) // fills Fingerprint and identity "sha256"; nil once done
}

// Identify fills in Fingerprint and, for a token that cannot be guessed, the
// identity "sha256". It may cost some milliseconds, so that only the formats
// that print them call it. A second call does nothing.
func (r *Record) Identify() {
	if f := r.identify; f != nil {
		r.identify = nil
		f(r)
	}
}

// A Position is a place in a file as scan.Position has it.
type Position struct {
	Line   int   `json:"line"`           // 1-based
	Column int   `json:"column"`         // 1-based, in bytes
	Byte   int64 `json:"byte"`           // 0-based offset
	Char   int   `json:"char,omitempty"` // the column in code points, if that is known and not Column
}

// A Place is one occurrence of a secret.
type Place struct {
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Char   int    `json:"char,omitempty"` // as that of a Position
	Commit string `json:"commit,omitempty"`
	// Exposure of this place, if it is less than that of the Record.
	Exposure string `json:"exposure,omitempty"`
	// Object is the id of the blob, commit or tag that holds the occurrence,
	// for the provenance of a Record while it is made; it is not stored.
	Object string `json:"-"`
}

// A History says how a secret came into a repository and where it is now.
type History struct {
	Introduced *Event   `json:"introduced,omitempty"`
	Removed    *Event   `json:"removed,omitempty"`
	InHead     bool     `json:"in_head"`
	Refs       []string `json:"refs,omitempty"`
	RefsTotal  int      `json:"refs_total,omitempty"`
	Blobs      int      `json:"blobs,omitempty"`
	Files      int      `json:"files,omitempty"`   // distinct paths of these blobs
	Authors    []string `json:"authors,omitempty"` // of the commits that brought it in, oldest first; the first ten
	AgeDays    int      `json:"age_days"`
	Overdue    bool     `json:"overdue,omitempty"`
}

// texts returns the strings that come from the scanned content; nil has none.
func (h *History) texts() []*string {
	if h == nil {
		return nil
	}
	var out []*string
	for _, list := range [][]string{h.Refs, h.Authors} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	for _, e := range []*Event{h.Introduced, h.Removed} {
		if e != nil {
			out = append(out, &e.Author, &e.Subject)
		}
	}
	return out
}

// An Event is a commit in a History.
type Event struct {
	Commit  string `json:"commit"`
	Date    string `json:"date,omitempty"` // RFC 3339
	Author  string `json:"author,omitempty"`
	Subject string `json:"subject,omitempty"`
}

// A Suppressed says what decided that a finding does not count.
type Suppressed struct {
	By     string `json:"by"` // inline, baseline or config
	Reason string `json:"reason,omitempty"`
}

// A Remediation is what to do about a finding, in the order of [Advice].
type Remediation struct {
	ID        string `json:"id"`
	Steps     []Step `json:"steps"`
	Confirmed bool   `json:"confirmed"`
	Source    string `json:"source,omitempty"`
}

// A Step is one act of a Remediation, see rules.Step.
type Step struct {
	Action  string `json:"action"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Command string `json:"command,omitempty"`
}

// An Incomplete is content that could not be read, see scan.Incomplete.
type Incomplete struct {
	Type   string `json:"type"` // always "incomplete"
	Reason string `json:"reason"`
	Path   string `json:"path,omitempty"`
	Detail string `json:"detail,omitempty"`
	Cure   string `json:"cure,omitempty"`
}

// A Summary says what a run covered and counted.
type Summary struct {
	Type     string `json:"type"` // always "summary"
	Version  string `json:"version"`
	Rules    int    `json:"rules"`
	Complete bool   `json:"complete"` // nothing was incomplete
	Files    int64  `json:"files"`
	Blobs    int64  `json:"blobs"`
	Commits  int64  `json:"commits"`
	Bytes    int64  `json:"bytes"`
	Findings int    `json:"findings"` // reported and not suppressed
	// Advisory is how many of Findings do not fail a run.
	Advisory       int              `json:"advisory,omitempty"`
	BelowThreshold int              `json:"below_threshold"`
	Suppressed     SuppressedCounts `json:"suppressed"`
	Incomplete     map[string]int   `json:"incomplete"` // by reason
	Skipped        map[string]int   `json:"skipped"`    // by reason
	Seconds        float64          `json:"seconds"`
	// Policy is nil if the policy was that of what was looked at.
	Policy *PolicySummary `json:"policy,omitempty"`
}

// A PolicySummary says which revision decided what counts.
type PolicySummary struct {
	From string `json:"from"`
	// Attempts are what the change tried to alter in what decides about it, a
	// line each; they had no effect.
	Attempts []string `json:"attempts,omitempty"`
}

// SuppressedCounts counts suppressed findings by what suppressed them.
type SuppressedCounts struct {
	Inline   int `json:"inline"`
	Baseline int `json:"baseline"`
	Config   int `json:"config"`
}

// Total returns the sum of all kinds.
func (c SuppressedCounts) Total() int { return c.Inline + c.Baseline + c.Config }

func (c *SuppressedCounts) count(by string) {
	switch by {
	case "inline":
		c.Inline++
	case "baseline":
		c.Baseline++
	default:
		c.Config++
	}
}

// severity, confidence and exposure return the parsed form of a field; a
// value that is none counts as the lowest.
func (r *Record) severity() rules.Severity {
	s, _ := rules.ParseSeverity(r.Severity)
	return s
}

func (r *Record) confidence() rules.Confidence {
	c, _ := rules.ParseConfidence(r.Confidence)
	return c
}

func (r *Record) exposure() scan.Exposure {
	e, _ := scan.ParseExposure(r.Exposure)
	return e
}

// fails reports whether the finding makes a run fail.
func (r *Record) fails() bool { return r.Advisory == "" && r.Suppressed == nil }

// firstStep returns what to do first, or nil.
func (r *Record) firstStep() *Step {
	if r.Remediation == nil || len(r.Remediation.Steps) == 0 {
		return nil
	}
	return &r.Remediation.Steps[0]
}
