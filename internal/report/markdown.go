package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// markdownReporter writes a table of the findings and what to do about each,
// for pull requests and job summaries.
type markdownReporter struct {
	w    *bufio.Writer
	opts Options
	buffered
}

func (m *markdownReporter) Close(s *Summary) error {
	sortForPeople(m.findings, m.opts.GroupBy)
	fmt.Fprintf(m.w, "## keysift: %s\n\n%s\n", Headline(s), markdownText(Coverage(s)))
	if len(m.findings) > 0 {
		m.table()
		_, _ = m.w.WriteString("\n### What to do\n")
		last := ""
		for i, r := range m.findings {
			if now := heading(r, m.opts.GroupBy); now != last {
				fmt.Fprintf(m.w, "\n### %s\n", markdownText(now))
				last = now
			}
			m.advice(i+1, r)
		}
	}
	if len(m.incomplete) > 0 {
		_, _ = m.w.WriteString("\n### Not looked at\n\n")
		for _, i := range m.incomplete {
			_, _ = m.w.WriteString("* " + markdownIncomplete(i) + "\n")
		}
	}
	return m.w.Flush()
}

func (m *markdownReporter) table() {
	_, _ = m.w.WriteString("\n| # | Priority | Finding | Place | Confidence | Severity | Exposure |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for i, r := range m.findings {
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
		fmt.Fprintf(m.w, "| %d | %d | %s | %s | %s | %s | %s |\n", i+1, r.Priority, finding, place,
			markdownText(r.Confidence), markdownText(r.Severity), markdownText(r.Exposure))
	}
}

// advice writes what to do about the nth finding, from 1.
func (m *markdownReporter) advice(n int, r *Record) {
	r.Identify()
	fmt.Fprintf(m.w, "\n#### %d. %s\n\n", n, markdownText(r.Title))
	for i, p := range r.Places {
		if i == 10 {
			break
		}
		fmt.Fprintf(m.w, "* %s\n", markdownCode(plainPlaceOf(&p)))
	}
	if more := r.PlacesTotal - min(len(r.Places), 10); more > 0 {
		fmt.Fprintf(m.w, "* and %s\n", count(more, "further place"))
	}
	for _, line := range []string{reasonLine(r), identityText(r), historyText(r), Visible(r.Note)} {
		if line != "" {
			fmt.Fprintf(m.w, "* %s\n", markdownText(line))
		}
	}
	fmt.Fprintf(m.w, "* Rule %s, fingerprint %s\n", markdownCode(r.Rule), markdownCode(r.Fingerprint))
	if r.Suppressed != nil {
		fmt.Fprintf(m.w, "* Suppressed by %s\n", markdownText(r.Suppressed.By+reasonText(r.Suppressed.Reason)))
	}
	if r.Remediation != nil && len(r.Remediation.Steps) > 0 {
		_, _ = m.w.WriteString("\n")
		writeSteps(m.w, r.Remediation.Steps)
	}
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
