package report

import (
	"bufio"
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// htmlReporter writes one file that needs no other and no script. Its policy
// forbids both, so that a mistake in escaping could not run anything either.
type htmlReporter struct {
	w    *bufio.Writer
	opts Options
	buffered
}

const htmlHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>keysift report</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8886; }
article { border-left: .3rem solid #888; padding: .1rem 1rem; margin: 1.5rem 0; }
article.p1 { border-color: #c5221f; }
article.p2 { border-color: #d9730d; }
article.p3 { border-color: #b08900; }
dt { font-weight: bold; }
dd { margin: 0 0 .3rem 1rem; }
.warning { border: 2px solid #c5221f; padding: 0 1rem; }
@media print { article { break-inside: avoid; } }
</style>
</head>
<body>
<main>
<h1>keysift report</h1>
`

func (h *htmlReporter) Close(s *Summary) error {
	sortForPeople(h.findings, h.opts.GroupBy)
	_, _ = h.w.WriteString(htmlHead)
	h.printf("<p><strong>%s</strong></p>\n<p>%s</p>\n", Headline(s), Coverage(s))
	h.unread()
	if len(h.findings) > 0 {
		h.overview()
	}
	last := ""
	for i, r := range h.findings {
		if now := cmp.Or(heading(r, h.opts.GroupBy), "Findings"); now != last {
			h.printf("<h2>%s</h2>\n", now)
			last = now
		}
		h.finding(i+1, r)
	}
	_, _ = h.w.WriteString("</main>\n</body>\n</html>\n")
	return h.w.Flush()
}

// printf writes a format of our own with escaped arguments.
func (h *htmlReporter) printf(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = xmlText(s)
		}
	}
	fmt.Fprintf(h.w, format, args...)
}

func (h *htmlReporter) unread() {
	if len(h.incomplete) == 0 {
		return
	}
	_, _ = h.w.WriteString("<section class=\"warning\" aria-labelledby=\"unread\">\n<h2 id=\"unread\">Not looked at</h2>\n<ul>\n")
	for _, i := range h.incomplete {
		h.printf("<li>%s</li>\n", i.String())
	}
	_, _ = h.w.WriteString("</ul>\n</section>\n")
}

func (h *htmlReporter) overview() {
	_, _ = h.w.WriteString("<table>\n<caption>Findings in order of priority</caption>\n<thead><tr>" +
		"<th scope=\"col\">Priority</th><th scope=\"col\">Finding</th><th scope=\"col\">Place</th>" +
		"<th scope=\"col\">Severity</th><th scope=\"col\">Confidence</th><th scope=\"col\">Exposure</th></tr></thead>\n<tbody>\n")
	for i, r := range h.findings {
		h.printf("<tr><td>%d</td><td><a href=\"#f%d\">%s</a></td><td><code>%s</code></td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
			r.Priority, i+1, r.Title, placeText(r), r.Severity, r.Confidence, r.Exposure)
	}
	_, _ = h.w.WriteString("</tbody>\n</table>\n")
}

// finding writes the nth finding, from 1.
func (h *htmlReporter) finding(n int, r *Record) {
	r.Identify()
	h.printf("<article class=\"p%d\" id=\"f%d\" aria-labelledby=\"h%d\">\n<h3 id=\"h%d\">%s", r.Priority, n, n, n, r.Title)
	if r.Secret != "" {
		h.printf(" <code>%s</code>", r.Secret)
	}
	h.printf("</h3>\n<dl>\n")
	h.row("Priority", strconv.Itoa(r.Priority)+" ("+facts(r)+firstCommit(r)+")")
	h.row("Confidence", r.Confidence+reasonText(r.Reason))
	h.places(r)
	h.row("Identity", strings.TrimPrefix(identityText(r), "Belongs to: "))
	h.row("History", historyText(r))
	h.row("Note", r.Note)
	if r.Suppressed != nil {
		h.row("Suppressed by", r.Suppressed.By+reasonText(r.Suppressed.Reason))
	}
	h.row("Rule", r.Rule)
	h.row("Fingerprint", r.Fingerprint)
	_, _ = h.w.WriteString("</dl>\n")
	h.steps(r)
	_, _ = h.w.WriteString("</article>\n")
}

// row writes a term and its value, if it has one.
func (h *htmlReporter) row(term, value string) {
	if value != "" {
		h.printf("<dt>%s</dt><dd>%s</dd>\n", term, value)
	}
}

func (h *htmlReporter) places(r *Record) {
	const most = 50
	_, _ = h.w.WriteString("<dt>Places</dt>")
	if len(r.Places) == 0 {
		h.printf("<dd><code>%s</code></dd>", placeText(r))
	}
	for i, p := range r.Places {
		if i == most {
			break
		}
		h.printf("<dd><code>%s</code></dd>", placeName(&p))
	}
	if more := r.PlacesTotal - min(len(r.Places), most); more > 0 {
		h.printf("<dd>and %s</dd>", count(more, "further place"))
	}
	_, _ = h.w.WriteString("\n")
}

func (h *htmlReporter) steps(r *Record) {
	if r.Remediation == nil || len(r.Remediation.Steps) == 0 {
		return
	}
	_, _ = h.w.WriteString("<h4>What to do</h4>\n<ol>\n")
	for _, step := range r.Remediation.Steps {
		h.printf("<li><strong>%s</strong>: %s", actionTitle(step.Action), step.Text)
		if strings.HasPrefix(step.URL, "https://") {
			h.printf(" <a href=\"%s\" rel=\"noreferrer\">%s</a>", step.URL, step.URL)
		}
		if step.Command != "" {
			h.printf("<br><code>%s</code>", step.Command)
		}
		_, _ = h.w.WriteString("</li>\n")
	}
	_, _ = h.w.WriteString("</ol>\n")
}
