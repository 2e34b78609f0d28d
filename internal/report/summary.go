package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Headline returns what a run found, in one line. It never says that nothing
// is there if not everything was looked at.
func Headline(s *Summary) string {
	found := "no findings"
	if s.Findings > 0 {
		found = count(s.Findings, "finding")
	}
	if s.Advisory > 0 {
		found += fmt.Sprintf(", %d of them not failing the run", s.Advisory)
	}
	if s.BelowThreshold > 0 {
		found += fmt.Sprintf(", %d below the threshold", s.BelowThreshold)
	}
	if n := s.Suppressed.Total(); n > 0 {
		found += fmt.Sprintf(", %d suppressed (%s)", n, suppressedText(s.Suppressed))
	}
	if !s.Complete {
		found += "; the run is INCOMPLETE"
	}
	return strings.ToUpper(found[:1]) + found[1:]
}

// Coverage returns what a run looked at and what it did not, in one line.
func Coverage(s *Summary) string {
	var looked []string
	for _, c := range []struct {
		n    int64
		unit string
	}{{s.Files, "file"}, {s.Blobs, "blob"}, {s.Commits, "commit"}} {
		if c.n > 0 || c.unit == "file" && s.Blobs == 0 && s.Commits == 0 {
			looked = append(looked, count(int(c.n), c.unit))
		}
	}
	text := fmt.Sprintf("looked at %s (%s) with %s in %s",
		strings.Join(looked, ", "), sizeText(s.Bytes), count(s.Rules, "rule"), durationText(s.Seconds))
	if len(s.Skipped) > 0 {
		text += "; skipped " + countsText(s.Skipped)
	}
	if len(s.Incomplete) > 0 {
		text += "; could not look at " + countsText(s.Incomplete)
	}
	return text
}

// addPolicies returns what both say; either may be nil.
func addPolicies(a, b *PolicySummary) *PolicySummary {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	out := &PolicySummary{From: a.From, Attempts: slices.Clone(a.Attempts)}
	if a.From != b.From {
		out.From += ", " + b.From
	}
	for _, text := range b.Attempts {
		if !slices.Contains(out.Attempts, text) {
			out.Attempts = append(out.Attempts, text)
		}
	}
	return out
}

func suppressedText(c SuppressedCounts) string {
	var parts []string
	for _, p := range []struct {
		n  int
		by string
	}{{c.Inline, "inline"}, {c.Baseline, "baseline"}, {c.Config, "config"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.by))
		}
	}
	return strings.Join(parts, ", ")
}

func countsText(counts map[string]int) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, strconv.Itoa(counts[reason])+" "+Visible(reason))
	}
	return strings.Join(parts, ", ")
}

// count returns "1 file" or "2 files".
func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

// sizeText returns a number of bytes in decimal units.
func sizeText(n int64) string {
	size, units := float64(n), []string{"kB", "MB", "GB", "TB"}
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	unit := ""
	for _, unit = range units {
		if size /= 1000; size < 999.95 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}

// durationText returns a number of seconds with two or three digits.
func durationText(seconds float64) string {
	switch {
	case seconds < 1:
		return strconv.FormatFloat(seconds, 'f', 2, 64) + " s"
	case seconds < 10:
		return strconv.FormatFloat(seconds, 'f', 1, 64) + " s"
	}
	return strconv.FormatFloat(seconds, 'f', 0, 64) + " s"
}
