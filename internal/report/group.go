package report

import (
	"cmp"
	"slices"
	"strings"
)

// section returns in which part of a report for people a finding stands.
func section(r *Record) int {
	switch {
	case r.Suppressed != nil:
		return sectionSuppressed
	case r.Advisory == "exposure":
		return sectionUnexposed
	case r.Advisory != "":
		return sectionUnsure
	}
	return sectionFailing
}

const (
	sectionFailing = iota
	sectionUnsure
	sectionUnexposed
	sectionSuppressed
)

// groupOf returns the group of a finding, or an empty string for no group.
func groupOf(r *Record, by string) string {
	switch by {
	case "owner":
		return cmp.Or(strings.Join(r.Owners, " "), "no owner")
	case "provider":
		return cmp.Or(r.Provider, "no provider")
	case "path":
		return r.Path
	}
	return ""
}

// heading returns what stands above the findings of a section and group.
func heading(r *Record, by string) string {
	title, group := sectionTitle(section(r)), groupOf(r, by)
	if title != "" && group != "" {
		return title + ": " + group
	}
	return title + group
}

// sortForPeople orders findings by section, then by group, the one with the
// most urgent finding first, then by priority, then by place.
func sortForPeople(findings []*Record, by string) {
	type key struct {
		section int
		group   string
	}
	urgent := map[key]int{}
	for _, r := range findings {
		k := key{section(r), groupOf(r, by)}
		if p, ok := urgent[k]; !ok || r.Priority < p {
			urgent[k] = r.Priority
		}
	}
	slices.SortStableFunc(findings, func(a, b *Record) int {
		j, k := key{section(a), groupOf(a, by)}, key{section(b), groupOf(b, by)}
		return cmp.Or(
			cmp.Compare(j.section, k.section),
			cmp.Compare(urgent[j], urgent[k]),
			strings.Compare(j.group, k.group),
			cmp.Compare(a.Priority, b.Priority),
		)
	})
}

// sectionTitle returns the heading of a section; that of sectionFailing is empty.
func sectionTitle(section int) string {
	switch section {
	case sectionUnsure:
		return "Below the confidence that fails a run"
	case sectionUnexposed:
		return "Below the exposure that fails a run"
	case sectionSuppressed:
		return "Suppressed"
	}
	return ""
}
