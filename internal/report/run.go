package report

import "slices"

// A Run is what one scan found, or several merged.
type Run struct {
	Findings   []*Record // ordered by path and position
	Incomplete []*Incomplete
	Summary    *Summary // nil if the run was cut off before its end
}

// Failing returns the number of findings that make a run fail: those neither
// suppressed nor advisory.
func (r *Run) Failing() int {
	n := 0
	for _, f := range r.Findings {
		if f.fails() {
			n++
		}
	}
	return n
}

// Reveals reports whether a secret stands in the run as a whole.
func (r *Run) Reveals() bool {
	return slices.ContainsFunc(r.Findings, func(f *Record) bool { return f.Length > 0 && len(f.Secret) == f.Length })
}

// Write gives the whole run to a Reporter and closes it.
func (r *Run) Write(to Reporter) error {
	for _, f := range r.Findings {
		if err := to.Finding(f); err != nil {
			return err
		}
	}
	for _, i := range r.Incomplete {
		if err := to.Incomplete(i); err != nil {
			return err
		}
	}
	s := Summary{Type: "summary"} // of a run that was cut off: not complete
	if r.Summary != nil {
		s = *r.Summary
	}
	s.Incomplete, s.Skipped = addCounts(s.Incomplete, nil), addCounts(s.Skipped, nil) // JSON needs maps that are not nil
	return to.Close(&s)
}
