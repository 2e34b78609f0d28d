package report

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	projectURL  = "https://github.com/keysift/keysift"
	// sarifRoot names the folder that relative URIs start from. Its own URI is
	// left out: it would tell where the scanned tree lay on some machine.
	sarifRoot = "SRCROOT"
)

// sarifReporter writes SARIF 2.1.0. Columns count code points, and bytes where
// nothing else is known; byteOffset is right on any line.
type sarifReporter struct {
	w    *bufio.Writer
	opts Options
	buffered
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Invocations []sarifInvocation    `json:"invocations"`
	Bases       map[string]sarifBase `json:"originalUriBaseIds"`
	ColumnKind  string               `json:"columnKind"`
	Results     []sarifResult        `json:"results"`
	Properties  *Summary             `json:"properties,omitempty"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifBase struct {
	Description sarifText `json:"description"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID               string         `json:"id"`
	ShortDescription sarifText      `json:"shortDescription"`
	FullDescription  sarifText      `json:"fullDescription"`
	HelpURI          string         `json:"helpUri,omitempty"`
	Help             sarifText      `json:"help"`
	DefaultConfig    sarifLevel     `json:"defaultConfiguration"`
	Properties       sarifRuleProps `json:"properties"`

	severity rules.Severity
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifRuleProps struct {
	SecuritySeverity string   `json:"security-severity"`
	Precision        string   `json:"precision"`
	Tags             []string `json:"tags"`
}

type sarifInvocation struct {
	ExecutionSuccessful bool                `json:"executionSuccessful"`
	Notifications       []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Descriptor struct {
		ID string `json:"id"`
	} `json:"descriptor"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Rank         float64            `json:"rank"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints,omitempty"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Properties   sarifResultProps   `json:"properties"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification,omitempty"`
}

type sarifResultProps struct {
	Kind       string            `json:"kind"`
	Severity   string            `json:"severity"`
	Confidence string            `json:"confidence"`
	Priority   int               `json:"priority"`
	Exposure   string            `json:"exposure,omitempty"`
	Advisory   string            `json:"advisory,omitempty"`
	Secret     string            `json:"secret,omitempty"`
	Identity   map[string]string `json:"identity,omitempty"`
	Decoded    []string          `json:"decoded,omitempty"`
	Owners     []string          `json:"owners,omitempty"`
	History    *History          `json:"history,omitempty"`
	Places     int               `json:"places_total,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	} `json:"physicalLocation"`
	Properties *sarifPlaceProps `json:"properties,omitempty"`
}

type sarifPlaceProps struct {
	Commit string `json:"commit"`
}

type sarifArtifact struct {
	URI       string `json:"uri"`
	URIBaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int    `json:"startLine"`
	StartColumn int    `json:"startColumn,omitempty"`
	EndLine     int    `json:"endLine,omitempty"`
	EndColumn   int    `json:"endColumn,omitempty"`
	ByteOffset  *int64 `json:"byteOffset,omitempty"`
	ByteLength  int64  `json:"byteLength,omitempty"`
}

func (s *sarifReporter) Close(sum *Summary) error {
	run := sarifRun{
		Invocations: []sarifInvocation{s.invocation(sum)},
		Bases:       map[string]sarifBase{sarifRoot: {sarifText{Text: "The root of the scanned tree."}}},
		ColumnKind:  "unicodeCodePoints",
		Results:     []sarifResult{},
		Properties:  sum,
	}
	run.Tool.Driver = sarifDriver{Name: "keysift", Version: sum.Version, InformationURI: projectURL, Rules: s.rules()}
	for _, r := range s.findings {
		run.Results = append(run.Results, s.result(r, run.Tool.Driver.Rules))
	}
	return writeIndented(s.w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

// rules describes each rule that has a result, ordered by id.
func (s *sarifReporter) rules() []sarifRule {
	out := []sarifRule{}
	index := map[string]int{}
	for _, r := range s.findings {
		i, ok := index[r.Rule]
		if !ok {
			i = len(out)
			index[r.Rule] = i
			out = append(out, s.rule(r))
		}
		out[i].severity = max(out[i].severity, r.severity())
	}
	for i := range out {
		out[i].DefaultConfig.Level = sarifLevelOf(out[i].severity)
		out[i].Properties.SecuritySeverity = securitySeverity(out[i].severity)
	}
	slices.SortFunc(out, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (s *sarifReporter) rule(r *Record) sarifRule {
	title := Visible(r.Title)
	rule := sarifRule{
		ID:               r.Rule,
		ShortDescription: sarifText{Text: title},
		FullDescription:  sarifText{Text: kindDescription(r.Kind, title)},
		Properties:       sarifRuleProps{Precision: precision(r.confidence()), Tags: []string{"security", "secret", "external/cwe/cwe-" + cwe(r.Kind)}},
	}
	steps, source := s.runbook(r)
	rule.HelpURI = source
	rule.Help.Text, rule.Help.Markdown = runbookText(steps), runbookMarkdown(title, steps, source)
	return rule
}

// runbook returns the steps for a rule, not for one finding's exposure, and
// the page that documents them.
func (s *sarifReporter) runbook(r *Record) ([]Step, string) {
	if r.Remediation == nil {
		return nil, ""
	}
	if s.opts.Remedy != nil {
		if remedy, ok := s.opts.Remedy(r.Remediation.ID); ok {
			var steps []Step
			for _, step := range Advice(remedy, Situation{Exposure: scan.Pushed, Severity: r.severity()}) {
				steps = append(steps, Step(step))
			}
			return steps, remedy.Source
		}
	}
	return r.Remediation.Steps, r.Remediation.Source
}

func runbookText(steps []Step) string {
	var b strings.Builder
	for i, step := range steps {
		fmt.Fprintf(&b, "%d. %s: %s", i+1, actionTitle(step.Action), Visible(step.Text))
		for _, extra := range []string{step.Command, step.URL} {
			if extra != "" {
				b.WriteString(" " + Visible(extra))
			}
		}
		b.WriteByte('\n')
	}
	return cmp.Or(b.String(), "Revoke the credential, then replace it.")
}

func runbookMarkdown(title string, steps []Step, source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", markdownText(title))
	writeSteps(&b, steps)
	if source != "" {
		fmt.Fprintf(&b, "\nSource: %s\n", markdownLink(source))
	}
	return b.String()
}

func (s *sarifReporter) result(r *Record, known []sarifRule) sarifResult {
	r.Identify()
	index, _ := slices.BinarySearchFunc(known, r.Rule, func(k sarifRule, id string) int { return strings.Compare(k.ID, id) })
	out := sarifResult{
		RuleID: r.Rule, RuleIndex: index, Level: sarifLevelOf(r.severity()), Rank: float64(r.Score * 100),
		Message:   sarifText{Text: sarifMessage(r)},
		Locations: s.locations(r),
		Properties: sarifResultProps{
			Kind: r.Kind, Severity: r.Severity, Confidence: r.Confidence, Priority: r.Priority, Exposure: r.Exposure, Advisory: r.Advisory,
			Secret: r.Secret, Identity: r.Identity, Decoded: r.Decoded, Owners: r.Owners, History: r.History, Places: r.PlacesTotal,
		},
	}
	if !r.fails() {
		out.Level = "note"
	}
	if r.Fingerprint != "" {
		out.Fingerprints = map[string]string{"keysift/v1": r.Fingerprint}
	}
	if r.Suppressed != nil {
		kind := "external"
		if r.Suppressed.By == "inline" {
			kind = "inSource"
		}
		out.Suppressions = []sarifSuppression{{Kind: kind, Status: "accepted", Justification: r.Suppressed.Reason}}
	}
	return out
}

// sarifMessage names the fault, then the act.
func sarifMessage(r *Record) string {
	text := strings.TrimSpace(Visible(r.Title)+" "+Visible(r.Secret)) + " " + confidenceText(r)
	if r.Exposure != "" {
		text += ", " + Visible(r.Exposure)
	}
	text += "."
	if step := r.firstStep(); step != nil {
		text += " " + actionTitle(step.Action) + ": " + Visible(step.Text)
	}
	return text
}

func (s *sarifReporter) locations(r *Record) []sarifLocation {
	first := s.location(r.Path)
	if r.Start.Line > 0 {
		offset := r.Start.Byte
		first.Physical.Region = &sarifRegion{
			StartLine: r.Start.Line, StartColumn: cmp.Or(r.Start.Char, r.Start.Column),
			EndLine: r.End.Line, EndColumn: cmp.Or(r.End.Char, r.End.Column),
			ByteOffset: &offset, ByteLength: max(0, r.End.Byte-r.Start.Byte),
		}
	}
	out := []sarifLocation{first}
	for i, p := range r.Places {
		if i == 0 {
			out[0].setCommit(p.Commit)
			continue
		}
		l := s.location(p.Path)
		if p.Line > 0 {
			l.Physical.Region = &sarifRegion{StartLine: p.Line, StartColumn: cmp.Or(p.Char, p.Column)}
		}
		l.setCommit(p.Commit)
		out = append(out, l)
	}
	return out
}

func (l *sarifLocation) setCommit(id string) {
	if id != "" {
		l.Properties = &sarifPlaceProps{id}
	}
}

// location returns where a file is: relative to the root, or absolute.
func (s *sarifReporter) location(path string) sarifLocation {
	var l sarifLocation
	path = s.opts.relative(path)
	switch {
	case strings.HasPrefix(path, "/"):
		l.Physical.Artifact.URI = "file://" + uriPath(path)
	case len(path) > 2 && path[1] == ':' && path[2] == '/':
		l.Physical.Artifact.URI = "file:///" + path[:2] + uriPath(path[2:])
	default:
		l.Physical.Artifact = sarifArtifact{URI: cmp.Or(uriPath(path), "."), URIBaseID: sarifRoot}
	}
	return l
}

func (s *sarifReporter) invocation(sum *Summary) sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: sum.Complete}
	for _, i := range s.incomplete {
		n := sarifNotification{Level: "error", Message: sarifText{Text: sarifPlain(i.String())}}
		n.Descriptor.ID = "incomplete/" + i.Reason
		if i.Path != "" {
			n.Locations = []sarifLocation{s.location(i.Path)}
		}
		inv.Notifications = append(inv.Notifications, n)
	}
	return inv
}

// sarifPlain returns s as a message in which no text in brackets is a link.
func sarifPlain(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
}

func sarifLevelOf(s rules.Severity) string {
	switch s {
	case rules.Critical, rules.High:
		return "error"
	case rules.Medium:
		return "warning"
	}
	return "note"
}

// securitySeverity returns the number from which GitHub derives its levels:
// over 9 critical, from 7 high, from 4 medium.
func securitySeverity(s rules.Severity) string {
	switch s {
	case rules.Critical:
		return "9.5"
	case rules.High:
		return "8.0"
	case rules.Medium:
		return "5.5"
	}
	return "3.0"
}

func precision(c rules.Confidence) string {
	switch c {
	case rules.Certain:
		return "very-high"
	case rules.HighConfidence:
		return "high"
	case rules.MediumConfidence:
		return "medium"
	}
	return "low"
}

// cwe returns the number in the Common Weakness Enumeration for a kind.
func cwe(kind string) string {
	switch kind {
	case rules.URL.String():
		return "598"
	case rules.Log.String():
		return "532"
	case rules.Transport.String():
		return "319"
	case rules.File.String():
		return "538"
	}
	return "798"
}

func kindDescription(kind, title string) string {
	switch kind {
	case rules.URL.String():
		return title + " stands in a URL, which logs, proxies and browser histories keep."
	case rules.Log.String():
		return title + " reaches a log or an error message."
	case rules.Transport.String():
		return title + " is sent over plain HTTP."
	case rules.File.String():
		return title + " would be taken along by git."
	}
	return title + " stands in text, where everyone who can read it can use it."
}
