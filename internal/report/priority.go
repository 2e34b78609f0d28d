package report

import (
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Priority says in which order findings are worth a person's time: 1 is
// "revoke now", 4 is "when there is time".
//
// It starts from what the credential grants (critical and high 1, medium 2,
// lower 3), adds one if confidence is medium and two if it is low, adds one if
// the credential has not left the machine and two if git ignores the file, and
// ends at 4. Text outside a repository counts as having left.
func Priority(s rules.Severity, c rules.Confidence, e scan.Exposure) int {
	p := 1
	switch s {
	case rules.Critical, rules.High:
	case rules.Medium:
		p = 2
	default:
		p = 3
	}
	switch c {
	case rules.LowConfidence:
		p += 2
	case rules.MediumConfidence:
		p++
	}
	switch {
	case e == scan.Ignored:
		p += 2
	case !hasLeft(e):
		p++
	}
	return min(p, 4)
}

// hasLeft reports whether a credential of this exposure may be in the hands of
// others. What is not known counts as yes.
func hasLeft(e scan.Exposure) bool {
	return e == scan.NoExposure || e >= scan.Pushed
}
