package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a markdown report may have at most, in bytes: GitHub takes job summaries
// of 1 MiB and drops longer ones. The table leaves room for the advice.
const (
	maxMarkdown      = 1 << 20
	maxMarkdownTable = maxMarkdown / 4
	maxMarkdownSteps = maxMarkdown - maxMarkdown/8
	markdownReserve  = 1 << 10 // for the lines that say what is left out
)

// markdownReporter writes a table of the findings and what to do about each,
// for pull requests and job summaries. What would make it too long is left out,
// and the report says how much that is.
type markdownReporter struct {
	w       *bufio.Writer
	opts    Options
	written int // bytes
	buffered
}

// add writes a part of the report unless it would then be longer than limit.
func (m *markdownReporter) add(limit int, part string) bool {
	if m.written+len(part) > limit-markdownReserve {
		return false
	}
	m.force(part)
	return true
}

// force writes a short part of the report. The writer keeps an error until it
// is flushed.
func (m *markdownReporter) force(part string) {
	m.written += len(part)
	_, _ = m.w.WriteString(part)
}

func (m *markdownReporter) Close(s *Summary) error {
	sortForPeople(m.findings, m.opts.GroupBy)
	m.force(fmt.Sprintf("## keysift: %s\n\n%s\n", Headline(s), markdownText(Coverage(s))))
	if len(m.findings) > 0 {
		m.table()
		m.allAdvice()
	}
	var lines []string
	for _, i := range m.incomplete {
		lines = append(lines, markdownIncomplete(i))
	}
	m.list("Not looked at", lines, "place")
	if s.Policy != nil {
		lines = nil
		for _, text := range s.Policy.Attempts {
			lines = append(lines, markdownCode(Visible(text)))
		}
		m.list("Without effect, since it is not so in "+markdownCode(s.Policy.From), lines, "attempt")
	}
	return m.w.Flush()
}

// list writes a section of lines, if there are any.
func (m *markdownReporter) list(title string, lines []string, unit string) {
	if len(lines) == 0 {
		return
	}
	m.force("\n### " + title + "\n\n")
	for n, line := range lines {
		if !m.add(maxMarkdown, "* "+line+"\n") {
			m.force("* and " + count(len(lines)-n, "further "+unit) + "\n")
			return
		}
	}
}

func (m *markdownReporter) table() {
	m.force("\n| # | Priority | Finding | Place | Confidence | Severity | Exposure |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for i, r := range m.findings {
		if !m.add(maxMarkdownTable, markdownRow(i+1, r)) {
			m.force("\n" + count(len(m.findings)-i, "further finding") + " left out here: the report would be too long. Other formats have all of them.\n")
			return
		}
	}
}

// markdownRow returns the row of the nth finding, from 1.
func markdownRow(n int, r *Record) string {
	place := markdownCode(plainPlace(r))
	if r.PlacesTotal > 1 {
		place += " and " + strconv.Itoa(r.PlacesTotal-1) + " more"
	}
	finding := markdownText(r.Title)
	if r.Secret != "" {
		finding += " " + markdownCode(r.Secret)
	}
	if title := sectionTitle(section(r)); title != "" {
		finding += " (" + strings.ToLower(title) + ")"
	}
	return fmt.Sprintf("| %d | %d | %s | %s | %s | %s | %s |\n", n, r.Priority, finding, place,
		markdownText(r.Confidence), markdownText(r.Severity), markdownText(r.Exposure))
}

func (m *markdownReporter) allAdvice() {
	m.force("\n### What to do\n")
	last := ""
	for i, r := range m.findings {
		text := markdownAdvice(i+1, r)
		if now := heading(r, m.opts.GroupBy); now != last {
			text = "\n### " + markdownText(now) + "\n" + text
			last = now
		}
		if !m.add(maxMarkdownSteps, text) {
			m.force("\nThe advice for " + count(len(m.findings)-i, "further finding") + " is left out here: keysift explain RULE shows it.\n")
			return
		}
	}
}

// markdownAdvice says what to do about the nth finding, from 1.
func markdownAdvice(n int, r *Record) string {
	r.Identify()
	w := new(strings.Builder)
	fmt.Fprintf(w, "\n#### %d. %s\n\n", n, markdownText(r.Title))
	for i, p := range r.Places {
		if i == 10 {
			break
		}
		fmt.Fprintf(w, "* %s\n", markdownCode(plainPlaceOf(&p)))
	}
	if more := r.PlacesTotal - min(len(r.Places), 10); more > 0 {
		fmt.Fprintf(w, "* and %s\n", count(more, "further place"))
	}
	for _, line := range []string{reasonLine(r), identityText(r), historyText(r), Visible(r.Note)} {
		if line != "" {
			fmt.Fprintf(w, "* %s\n", markdownText(line))
		}
	}
	fmt.Fprintf(w, "* Rule %s, fingerprint %s\n", markdownCode(r.Rule), markdownCode(r.Fingerprint))
	if r.Suppressed != nil {
		fmt.Fprintf(w, "* Suppressed by %s\n", markdownText(r.Suppressed.By+reasonText(r.Suppressed.Reason)))
	}
	if r.Remediation != nil && len(r.Remediation.Steps) > 0 {
		_ = w.WriteByte('\n')
		writeSteps(w, r.Remediation.Steps)
	}
	return w.String()
}

func reasonLine(r *Record) string {
	if r.Reason == "" {
		return ""
	}
	return "Confidence " + Visible(r.Confidence) + ": " + Visible(r.Reason)
}

// writeSteps writes a numbered list of steps.
func writeSteps(w io.Writer, steps []Step) {
	for i, step := range steps {
		fmt.Fprintf(w, "%d. **%s**: %s", i+1, markdownText(actionTitle(step.Action)), markdownText(step.Text))
		if step.URL != "" {
			fmt.Fprintf(w, " %s", markdownLink(step.URL))
		}
		_, _ = io.WriteString(w, "\n")
		if step.Command != "" {
			fmt.Fprintf(w, "   %s\n", markdownCode(step.Command))
		}
	}
}

// markdownLink returns a link to a page given as https, and any other text as
// it is.
func markdownLink(url string) string {
	if !strings.HasPrefix(url, "https://") || strings.ContainsAny(url, "<>\\ ") || Visible(url) != url {
		return markdownCode(url)
	}
	return "<" + url + ">"
}

func markdownIncomplete(i *Incomplete) string {
	s := "**" + markdownText(i.Reason) + "**"
	if i.Path != "" {
		s += " " + markdownCode(i.Path)
	}
	if i.Detail != "" {
		s += ": " + markdownText(i.Detail)
	}
	if i.Cure != "" {
		s += " " + markdownCode(i.Cure)
	}
	return s
}

// plainPlace and plainPlaceOf name a place without making it visible, for
// callers that escape it.
func plainPlace(r *Record) string {
	if r.Start.Line == 0 {
		return r.Path
	}
	return r.Path + ":" + strconv.Itoa(r.Start.Line)
}

func plainPlaceOf(p *Place) string {
	s := p.Path
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
	}
	if p.Commit != "" {
		s += " " + shortID(p.Commit)
	}
	return s
}
