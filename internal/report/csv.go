package report

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// csvReporter writes a row a finding, most urgent first. Text in which a
// spreadsheet would see a formula gets an apostrophe in front. Incompletes are
// rows whose rule is "incomplete".
type csvReporter struct {
	w *bufio.Writer
	buffered
}

func csvColumns() []string {
	return []string{
		"priority", "severity", "confidence", "score", "rule", "title", "provider", "kind", "path", "line", "column", "commit",
		"secret", "length", "exposure", "age_days", "overdue", "expires", "owners", "places", "identity", "fingerprint",
		"advisory", "suppressed", "action", "advice", "url",
	}
}

func (c *csvReporter) Close(*Summary) error {
	slices.SortStableFunc(c.findings, func(a, b *Record) int { return cmp.Compare(a.Priority, b.Priority) })
	out := csv.NewWriter(c.w)
	rows := [][]string{csvColumns()}
	for _, r := range c.findings {
		rows = append(rows, csvRow(r))
	}
	for _, i := range c.incomplete {
		row := make([]string, len(csvColumns()))
		row[4], row[5], row[8], row[25] = "incomplete", csvCell(i.Reason+": "+i.Detail), csvCell(i.Path), csvCell(i.Cure)
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing a report: %w", err)
	}
	return c.w.Flush()
}

func csvRow(r *Record) []string {
	r.Identify()
	var commit, age, overdue, expires, suppressed string
	if len(r.Places) > 0 {
		commit = r.Places[0].Commit
	}
	if r.History != nil {
		age, overdue = strconv.Itoa(r.History.AgeDays), strconv.FormatBool(r.History.Overdue)
	}
	if !r.Expires.IsZero() {
		expires = r.Expires.UTC().Format(time.DateOnly)
	}
	if r.Suppressed != nil {
		suppressed = r.Suppressed.By + reasonText(r.Suppressed.Reason)
	}
	var identity []string
	for _, name := range slices.Sorted(maps.Keys(r.Identity)) {
		identity = append(identity, name+"="+r.Identity[name])
	}
	step := cmp.Or(r.firstStep(), &Step{})
	row := []string{
		strconv.Itoa(r.Priority), r.Severity, r.Confidence, strconv.FormatFloat(r.Score, 'f', -1, 64), r.Rule, r.Title, r.Provider, r.Kind,
		r.Path, number(r.Start.Line), number(r.Start.Column), commit,
		r.Secret, number(r.Length), r.Exposure, age, overdue, expires, strings.Join(r.Owners, " "), number(r.PlacesTotal),
		strings.Join(identity, "; "), r.Fingerprint, r.Advisory, suppressed, step.Action, step.Text, step.URL,
	}
	for i := range row {
		row[i] = csvCell(row[i])
	}
	return row
}

// number returns n, or nothing for what is not known.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
