package report

import (
	"bufio"
	"fmt"
)

// junitReporter writes a test suite in which a finding is a failure, one that
// does not fail the run a skipped test, and an incomplete an error.
type junitReporter struct {
	w *bufio.Writer
	buffered
}

func (j *junitReporter) Close(s *Summary) error {
	failures, skipped := 0, 0
	for _, r := range j.findings {
		if r.fails() {
			failures++
		} else {
			skipped++
		}
	}
	tests := len(j.findings) + len(j.incomplete)
	clean := tests == 0 && s.Complete
	if clean {
		tests = 1 // a suite without tests counts as broken in some systems
	}
	counts := fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f"`, tests, failures, len(j.incomplete), skipped, s.Seconds)
	fmt.Fprintf(j.w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keysift\" %s>\n", counts)
	fmt.Fprintf(j.w, " <testsuite name=\"keysift\" %s>\n", counts)
	for _, r := range j.findings {
		j.finding(r)
	}
	for _, i := range j.incomplete {
		fmt.Fprintf(j.w, "  <testcase classname=\"%s\" name=\"looked at\">\n   <error type=\"%s\" message=\"%s\"/>\n  </testcase>\n",
			xmlText(i.Path), xmlText(i.Reason), xmlText(i.String()))
	}
	if clean {
		_, _ = j.w.WriteString("  <testcase classname=\"keysift\" name=\"no credentials found\"/>\n")
	}
	fmt.Fprintf(j.w, "  <system-out>%s; %s</system-out>\n </testsuite>\n</testsuites>\n", xmlText(Headline(s)), xmlText(Coverage(s)))
	return j.w.Flush()
}

func (j *junitReporter) finding(r *Record) {
	fmt.Fprintf(j.w, "  <testcase classname=\"%s\" name=\"%s\"", xmlText(r.Path), xmlText(r.Title+" at "+plainPlace(r)))
	if r.Start.Line > 0 {
		fmt.Fprintf(j.w, " file=\"%s\" line=\"%d\"", xmlText(r.Path), r.Start.Line)
	}
	_, _ = j.w.WriteString(">\n")
	if !r.fails() {
		reason := sectionTitle(section(r))
		if r.Suppressed != nil {
			reason += " by " + r.Suppressed.By + reasonText(r.Suppressed.Reason)
		}
		fmt.Fprintf(j.w, "   <skipped message=\"%s\"/>\n  </testcase>\n", xmlText(reason))
		return
	}
	fmt.Fprintf(j.w, "   <failure type=\"%s\" message=\"%s\">", xmlText(r.Rule), xmlText(sarifMessage(r)))
	fmt.Fprintf(j.w, "%s\n%s\n", xmlText(placeText(r)), xmlText(facts(r)+firstCommit(r)))
	for _, line := range []string{otherPlaces(r), identityText(r), historyText(r)} {
		if line != "" {
			_, _ = j.w.WriteString(xmlText(line) + "\n")
		}
	}
	if r.Remediation != nil {
		for i, step := range r.Remediation.Steps {
			fmt.Fprintf(j.w, "%d. %s: %s\n", i+1, xmlText(actionTitle(step.Action)), xmlText(step.Text))
		}
	}
	_, _ = j.w.WriteString("</failure>\n  </testcase>\n")
}
