package report

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/keysift/keysift/rules"
)

const (
	// gitlabSchema is the version of GitLab's secret detection report schema.
	gitlabSchema = "15.2.1"
	// gitlabNoCommit stands for the commit of a finding in a plain file: the
	// schema demands one.
	gitlabNoCommit = "0000000"
	gitlabTime     = "2006-01-02T15:04:05"
)

// gitlabReporter writes GitLab's secret detection report: one vulnerability a
// place, because GitLab shows one place each.
type gitlabReporter struct {
	w    *bufio.Writer
	opts Options
	buffered
}

type gitlabReport struct {
	Version         string                `json:"version"`
	Scan            gitlabScan            `json:"scan"`
	Vulnerabilities []gitlabVulnerability `json:"vulnerabilities"`
}

type gitlabScan struct {
	Analyzer  gitlabTool      `json:"analyzer"`
	Scanner   gitlabTool      `json:"scanner"`
	Type      string          `json:"type"`
	StartTime string          `json:"start_time"`
	EndTime   string          `json:"end_time"`
	Status    string          `json:"status"`
	Messages  []gitlabMessage `json:"messages,omitempty"`
}

type gitlabTool struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	URL     string     `json:"url"`
	Version string     `json:"version"`
	Vendor  gitlabName `json:"vendor"`
}

type gitlabName struct {
	Name string `json:"name"`
}

type gitlabMessage struct {
	Level string `json:"level"`
	Value string `json:"value"`
}

type gitlabVulnerability struct {
	ID          string             `json:"id"`
	Category    string             `json:"category"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Severity    string             `json:"severity"`
	Solution    string             `json:"solution,omitempty"`
	Location    gitlabLocation     `json:"location"`
	Identifiers []gitlabIdentifier `json:"identifiers"`
	Links       []gitlabLink       `json:"links,omitempty"`
}

type gitlabLocation struct {
	File      string       `json:"file"`
	StartLine int          `json:"start_line,omitempty"`
	EndLine   int          `json:"end_line,omitempty"`
	Commit    gitlabCommit `json:"commit"`
}

type gitlabCommit struct {
	SHA string `json:"sha"`
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

type gitlabLink struct {
	URL string `json:"url"`
}

func (g *gitlabReporter) Close(s *Summary) error {
	tool := gitlabTool{ID: "keysift", Name: "keysift", URL: projectURL, Version: cmp.Or(s.Version, "unknown"), Vendor: gitlabName{"keysift"}}
	start := g.opts.Start.UTC()
	if start.IsZero() {
		start = time.Unix(0, 0).UTC()
	}
	end := start.Add(time.Duration(s.Seconds * float64(time.Second)))
	out := gitlabReport{
		Version: gitlabSchema,
		Scan: gitlabScan{
			Analyzer: tool, Scanner: tool, Type: "secret_detection", Status: "success",
			StartTime: start.Format(gitlabTime), EndTime: end.Format(gitlabTime),
		},
		Vulnerabilities: []gitlabVulnerability{},
	}
	if !s.Complete {
		out.Scan.Status = "failure"
	}
	for _, i := range g.incomplete {
		out.Scan.Messages = append(out.Scan.Messages, gitlabMessage{Level: "fatal", Value: i.String()})
	}
	for _, r := range g.findings {
		out.Vulnerabilities = append(out.Vulnerabilities, g.vulnerabilities(r)...)
	}
	return writeIndented(g.w, out)
}

func (g *gitlabReporter) vulnerabilities(r *Record) []gitlabVulnerability {
	r.Identify()
	v := gitlabVulnerability{
		Category: "secret_detection", Name: Visible(r.Title),
		Description: sarifMessage(r), Severity: gitlabSeverity(r),
		Identifiers: []gitlabIdentifier{{Type: "keysift_rule_id", Name: "keysift rule " + Visible(r.Rule), Value: r.Rule}},
	}
	if r.Remediation != nil {
		v.Solution = strings.TrimSpace(runbookText(r.Remediation.Steps))
		for _, step := range r.Remediation.Steps {
			if strings.HasPrefix(step.URL, "https://") {
				v.Links = append(v.Links, gitlabLink{step.URL})
			}
		}
	}
	places := r.Places
	if len(places) == 0 {
		places = []Place{{Path: r.Path, Line: r.Start.Line}}
	}
	out := make([]gitlabVulnerability, 0, len(places))
	for i, p := range places {
		v.Location = gitlabLocation{
			File: g.opts.relative(p.Path), StartLine: p.Line, EndLine: p.Line,
			Commit: gitlabCommit{cmp.Or(p.Commit, gitlabNoCommit)},
		}
		if i == 0 && r.End.Line > p.Line {
			v.Location.EndLine = r.End.Line
		}
		v.ID = placeID(r, &p)
		out = append(out, v)
	}
	return out
}

// placeID returns an id that is the same for the same secret and place.
func placeID(r *Record, p *Place) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		r.Fingerprint, r.Rule, p.Path, strconv.Itoa(p.Line), strconv.Itoa(p.Column), p.Commit,
	}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// gitlabSeverity returns the severity in GitLab's words; what does not fail a
// run is for information.
func gitlabSeverity(r *Record) string {
	if !r.fails() {
		return "Info"
	}
	switch r.severity() {
	case rules.Critical:
		return "Critical"
	case rules.High:
		return "High"
	case rules.Medium:
		return "Medium"
	}
	return "Low"
}
