package report

import (
	"bufio"
	"fmt"
	"strings"
)

// githubReporter writes the workflow commands that GitHub shows as
// annotations: one a place, one an incomplete and one that sums up. All that
// comes from the scanned content is made visible and escaped, so that a name
// cannot start a command of its own.
type githubReporter struct {
	w    *bufio.Writer
	opts Options
}

func (g *githubReporter) Finding(r *Record) error {
	level := "error"
	if !r.fails() {
		level = "notice"
	} else if r.Severity == "low" {
		level = "warning"
	}
	places := r.Places
	if len(places) == 0 {
		places = []Place{{Path: r.Path, Line: r.Start.Line, Column: r.Start.Column}}
	}
	for i, p := range places {
		if err := g.command(level, g.location(r, i, &p), Visible(r.Title), githubMessage(r, &p)); err != nil {
			return err
		}
	}
	return nil
}

// githubMessage returns what the annotation of a place says, in lines.
func githubMessage(r *Record, p *Place) string {
	message := strings.TrimSpace(Visible(r.Title)+" "+Visible(r.Secret)) + " " + confidenceText(r) + ", " + facts(r) + inCommit(p) + "."
	if step := r.firstStep(); step != nil {
		message += "\n" + actionTitle(step.Action) + ": " + Visible(step.Text)
		if step.URL != "" {
			message += " " + Visible(step.URL)
		}
		if step.Command != "" {
			message += "\n" + Visible(step.Command)
		}
	}
	return message + fmt.Sprintf("\nRule %s, priority %d.", Visible(r.Rule), r.Priority)
}

// location returns the properties of the ith place. Only of the first one is
// the end known.
func (g *githubReporter) location(r *Record, i int, p *Place) []string {
	props := []string{"file=" + workflowProperty(Visible(g.opts.relative(p.Path)))}
	if p.Line == 0 {
		return props
	}
	props = append(props, fmt.Sprintf("line=%d", p.Line))
	switch {
	case i > 0 || r.End.Line == 0:
	case r.End.Line > p.Line:
		return append(props, fmt.Sprintf("endLine=%d", r.End.Line)) // columns are for one line only
	case p.Column > 0:
		return append(props, fmt.Sprintf("endLine=%d", r.End.Line), fmt.Sprintf("col=%d", p.Column), fmt.Sprintf("endColumn=%d", r.End.Column))
	}
	if p.Column > 0 {
		props = append(props, fmt.Sprintf("col=%d", p.Column))
	}
	return props
}

func (g *githubReporter) Incomplete(i *Incomplete) error {
	var props []string
	if i.Path != "" {
		props = append(props, "file="+workflowProperty(Visible(g.opts.relative(i.Path))))
	}
	return g.command("error", props, "keysift: not everything was looked at", i.String())
}

func (g *githubReporter) Close(s *Summary) error {
	level := "notice"
	if !s.Complete {
		level = "error"
	}
	if err := g.command(level, nil, "keysift", Headline(s)+"; "+Coverage(s)); err != nil {
		return err
	}
	return g.w.Flush()
}

func (g *githubReporter) command(level string, props []string, title, message string) error {
	props = append(props, "title="+workflowProperty(title))
	_, err := fmt.Fprintf(g.w, "::%s %s::%s\n", level, strings.Join(props, ","), workflowData(message))
	return err
}
