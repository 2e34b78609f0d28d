package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// textPlaces is how many further places of a secret text shows.
const textPlaces = 3

// textReporter writes a block a finding for people, most urgent first.
type textReporter struct {
	w    *bufio.Writer
	opts Options
	buffered
}

// Styles of a terminal, as the parameters of the escape sequence that turns
// them on.
const (
	styleBold   = "1"
	styleDim    = "2"
	styleRed    = "1;31"
	styleYellow = "33"
	styleCyan   = "36"
)

func (t *textReporter) style(style, s string) string {
	if !t.opts.Color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func (t *textReporter) line(indent string, parts ...string) {
	_, _ = t.w.WriteString(indent)
	for _, p := range parts {
		_, _ = t.w.WriteString(p)
	}
	_ = t.w.WriteByte('\n')
}

// Close writes the report: like every bufio.Writer its writer keeps the first
// error, which Flush returns.
func (t *textReporter) Close(s *Summary) error {
	sortForPeople(t.findings, t.opts.GroupBy)
	failing, apart := t.split()
	last := ""
	for _, r := range failing {
		if now := heading(r, t.opts.GroupBy); now != last {
			t.line("", t.style(styleBold, Visible(now)+":"))
			t.line("")
			last = now
		}
		t.finding(r)
		t.line("")
	}
	t.apart(apart)
	if !t.opts.Terse {
		for _, i := range t.incomplete {
			t.line("", t.style(styleYellow, "not looked at: "), i.String())
		}
	}
	t.line("", t.style(styleBold, Headline(s)))
	if !t.opts.Terse {
		t.line("", Coverage(s))
	}
	if len(failing) == 0 && t.opts.Note != "" {
		t.line("", t.opts.Note)
	}
	return t.w.Flush()
}

// split sets those findings apart that do not fail the run because they have
// not got far enough.
func (t *textReporter) split() (failing, apart []*Record) {
	for _, r := range t.findings {
		if r.Advisory == "exposure" {
			apart = append(apart, r)
		} else {
			failing = append(failing, r)
		}
	}
	return failing, apart
}

// apart writes the findings that are there and do not fail the run, in two
// lines each.
func (t *textReporter) apart(findings []*Record) {
	if len(findings) == 0 {
		return
	}
	t.line("", t.style(styleBold, "Not failing the run, because of the exposure (--min-exposure):"))
	for _, r := range findings {
		t.line("  ", t.style(styleCyan, placeText(r)), ": ", Visible(r.Title), spaced(Visible(r.Secret)), " ", confidenceText(r))
		t.line("    ", facts(r))
		if more := otherPlaces(r); more != "" {
			t.line("    ", more)
		}
	}
	t.line("")
}

func (t *textReporter) finding(r *Record) {
	title := r.Title
	if r.Severity == "critical" || r.Severity == "high" {
		title = t.style(styleRed, Visible(title))
	} else {
		title = t.style(styleYellow, Visible(title))
	}
	t.line("", t.style(styleCyan, placeText(r)), ": ", title, t.style(styleBold, spaced(Visible(r.Secret))), " ", confidenceText(r))
	t.line("  ", facts(r), firstCommit(r))
	if more := otherPlaces(r); more != "" {
		t.line("  ", more)
	}
	if id := identityText(r); id != "" {
		t.line("  ", id)
	}
	if h := historyText(r); h != "" {
		t.line("  ", h)
	}
	if r.Suppressed != nil {
		t.line("  ", "Suppressed by ", Visible(r.Suppressed.By), reasonText(r.Suppressed.Reason))
	}
	t.advice(r)
}

// advice writes the first step and what repairs the file, if that is known. What
// has left the machine has to be replaced before anything is repaired.
func (t *textReporter) advice(r *Record) {
	step := r.firstStep()
	note := func() {
		if r.Note != "" {
			t.line("  ", Visible(r.Note))
		}
	}
	if step == nil {
		note()
		return
	}
	late := step.Action != actionIgnore && step.Action != actionRemove
	if !late {
		note()
	}
	if r.Note == "" || step.Action != actionIgnore { // else the note has said it
		t.line("  ", t.style(styleBold, actionTitle(step.Action)), ": ", Visible(step.Text))
	}
	if step.Command != "" {
		t.line("    ", Visible(step.Command))
	}
	if step.URL != "" {
		t.line("    ", t.style(styleDim, Visible(step.URL)))
	}
	if late {
		note()
	}
	if len(r.Remediation.Steps) > 1 {
		t.line("  ", t.style(styleDim, "All steps:  keysift explain "+Visible(r.Rule)))
	}
}

// WriteRunbook writes findings for people, each with all its places and steps.
func WriteRunbook(w io.Writer, findings ...*Record) error {
	t := &textReporter{w: bufio.NewWriter(w)}
	for i, r := range findings {
		if i > 0 {
			t.line("")
		}
		t.runbook(r)
	}
	return t.w.Flush()
}

func (t *textReporter) runbook(r *Record) {
	t.line("", placeText(r), ": ", Visible(r.Title), spaced(Visible(r.Secret)), " ", confidenceText(r))
	t.line("  ", facts(r), firstCommit(r))
	for _, more := range []string{identityText(r), historyText(r)} {
		if more != "" {
			t.line("  ", more)
		}
	}
	t.line("  ", "Rule ", Visible(r.Rule), ", priority ", strconv.Itoa(r.Priority), ", fingerprint ", Visible(r.Fingerprint))
	if r.Suppressed != nil {
		t.line("  ", "Suppressed by ", Visible(r.Suppressed.By), reasonText(r.Suppressed.Reason))
	}
	if r.Note != "" {
		t.line("  ", Visible(r.Note))
	}
	t.allPlaces(r)
	if r.Remediation == nil {
		t.line("", "")
		t.line("", "The report holds no steps for it:  keysift explain ", Visible(r.Rule))
		return
	}
	t.line("", "")
	t.line("", "What to do:")
	for i, step := range r.Remediation.Steps {
		t.line(fmt.Sprintf("%2d. ", i+1), actionTitle(step.Action), ": ", Visible(step.Text))
		for _, more := range []string{step.Command, step.URL} {
			if more != "" {
				t.line("      ", Visible(more))
			}
		}
	}
	if r.Remediation.Source != "" {
		t.line("", "Source: ", Visible(r.Remediation.Source))
	}
}

// allPlaces lists the places of a finding that the report holds.
func (t *textReporter) allPlaces(r *Record) {
	if r.PlacesTotal < 2 {
		return
	}
	t.line("", "")
	t.line("", count(r.PlacesTotal, "place"), ":")
	for i := range r.Places {
		t.line("  ", placeName(&r.Places[i]))
	}
	if more := r.PlacesTotal - len(r.Places); more > 0 {
		t.line("  ", "and ", count(more, "further place"))
	}
}

// placeText returns "path:line:column" of the first place, as far as it is known.
func placeText(r *Record) string {
	s := Visible(r.Path)
	if r.Start.Line > 0 {
		s += ":" + strconv.Itoa(r.Start.Line)
	}
	if r.Start.Column > 0 {
		s += ":" + strconv.Itoa(r.Start.Column)
	}
	return s
}

func confidenceText(r *Record) string {
	return "(" + Visible(r.Confidence) + reasonText(r.Reason) + ")"
}

func reasonText(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + Visible(reason)
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

// facts returns severity, exposure and the like in one line.
func facts(r *Record) string {
	parts := []string{Visible(r.Severity)}
	if r.Exposure != "" {
		parts = append(parts, Visible(r.Exposure))
	}
	if len(r.Decoded) > 0 {
		parts = append(parts, "decoded from "+Visible(strings.Join(r.Decoded, " in ")))
	}
	if !r.Expires.IsZero() {
		parts = append(parts, "expires "+r.Expires.UTC().Format(time.DateOnly))
	}
	if len(r.Owners) > 0 {
		parts = append(parts, "owned by "+Visible(strings.Join(r.Owners, " ")))
	}
	return strings.Join(parts, ", ")
}

// firstCommit returns the commit of the first place, as a further fact.
func firstCommit(r *Record) string {
	if len(r.Places) == 0 {
		return ""
	}
	return inCommit(&r.Places[0])
}

func inCommit(p *Place) string {
	if p.Commit == "" {
		return ""
	}
	return ", in commit " + shortID(p.Commit)
}

// otherPlaces names the first few places after the one of the block's head.
func otherPlaces(r *Record) string {
	if r.PlacesTotal < 2 {
		return ""
	}
	var names []string
	for _, p := range r.Places[min(1, len(r.Places)):] {
		if len(names) == textPlaces {
			break
		}
		names = append(names, placeName(&p))
	}
	more := r.PlacesTotal - 1 - len(names)
	switch {
	case len(names) == 0:
		return "Also at " + count(more, "further place")
	case more > 0:
		return "Also at " + strings.Join(names, ", ") + " and " + count(more, "further place")
	}
	return "Also at " + strings.Join(names, ", ")
}

// placeName returns "path:line", with the commit if the place has one.
func placeName(p *Place) string {
	s := Visible(p.Path)
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
	}
	if p.Commit != "" {
		s += " (" + shortID(p.Commit) + ")"
	}
	return s
}

// shortID returns the start of an object's id.
func shortID(id string) string {
	for i := range len(id) {
		if !isWordByte(id[i]) {
			return Visible(id)
		}
	}
	return id[:min(len(id), 10)]
}

// identityText returns the public parts of the credential, hashes left out.
func identityText(r *Record) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(r.Identity)) {
		if name != "sha256" {
			parts = append(parts, Visible(name)+" "+Visible(r.Identity[name]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Belongs to: " + strings.Join(parts, ", ")
}

func historyText(r *Record) string {
	h := r.History
	if h == nil {
		return ""
	}
	var parts []string
	if e := h.Introduced; e != nil {
		s := "introduced by " + shortID(e.Commit)
		if e.Author != "" {
			s += " (" + Visible(e.Author) + ")"
		}
		if e.Date != "" {
			s += " on " + Visible(dateOnly(e.Date))
		}
		parts = append(parts, s)
	}
	switch {
	case h.InHead:
		parts = append(parts, "still in HEAD")
	case h.Removed != nil:
		parts = append(parts, "removed by "+shortID(h.Removed.Commit))
	default:
		parts = append(parts, "not in HEAD")
	}
	if h.AgeDays > 0 {
		parts = append(parts, count(h.AgeDays, "day")+" old")
	}
	if h.Overdue {
		parts = append(parts, "overdue for rotation")
	}
	s := strings.Join(parts, ", ")
	return strings.ToUpper(s[:1]) + s[1:]
}

func dateOnly(s string) string {
	date, _, _ := strings.Cut(s, "T")
	return date
}

// actionTitle returns an action as the head of an advice.
func actionTitle(action string) string {
	switch action {
	case "revoke":
		return "Revoke now"
	case "rotate":
		return "Rotate"
	case "deploy":
		return "Deploy the new one"
	case "validate":
		return "See that nothing breaks"
	case "audit":
		return "Audit its use"
	case "restrict":
		return "Restrict the new one"
	case "store":
		return "Store it elsewhere"
	case actionRemove:
		return "Take it out"
	case actionIgnore:
		return "Keep it out"
	case actionRewrite:
		return "History"
	}
	return cmp.Or(Visible(action), "Advice")
}

// String describes the Incomplete in one line that ends with its cure.
func (i *Incomplete) String() string {
	s := Visible(i.Reason)
	if i.Path != "" {
		s = Visible(i.Path) + ": " + s
	}
	if i.Detail != "" {
		s += ": " + Visible(i.Detail)
	}
	if i.Cure != "" {
		s += "; " + Visible(i.Cure)
	}
	return s
}
