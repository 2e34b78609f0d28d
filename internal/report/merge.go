package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/scan"
)

// Merge returns one Run for several: findings with the same fingerprint, and
// suppressed alike, become one with the places of all. Secrets are recognised
// across runs only if these had the same fingerprint key or salt. A run that
// was cut off makes the result incomplete.
func Merge(runs ...*Run) *Run {
	out := new(Run)
	byKey := map[string]*Record{}
	for _, run := range runs {
		for _, f := range run.Findings {
			key := mergeKey(f)
			if known := byKey[key]; known != nil {
				known.merge(f)
				continue
			}
			copied := *f
			copied.Places = slices.Clone(f.Places)
			copied.Identity = maps.Clone(f.Identity)
			byKey[key] = &copied
			out.Findings = append(out.Findings, &copied)
		}
		out.Incomplete = append(out.Incomplete, run.Incomplete...)
		if run.Summary != nil {
			out.Summary = addSummaries(out.Summary, run.Summary)
		}
	}
	for _, run := range runs {
		if run.Summary == nil {
			out.cutOff()
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b *Record) int {
		return cmp.Or(
			strings.Compare(a.Path, b.Path),
			cmp.Compare(a.Start.Byte, b.Start.Byte),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
	out.recount()
	return out
}

// cutOff notes that a run has no summary.
func (r *Run) cutOff() {
	i := &Incomplete{
		Type: "incomplete", Reason: "unreadable",
		Detail: "a stored report is empty or ends before its summary, so that its run was cut off", Cure: "scan again",
	}
	r.Incomplete = append(r.Incomplete, i)
	r.Summary = addSummaries(r.Summary, &Summary{Incomplete: map[string]int{i.Reason: 1}})
}

// recount makes the summary count the merged findings.
func (r *Run) recount() {
	if r.Summary == nil {
		r.Summary = addSummaries(nil, &Summary{Complete: true})
	}
	r.Summary.Findings, r.Summary.Advisory = 0, 0
	for _, f := range r.Findings {
		if f.Suppressed != nil {
			continue
		}
		r.Summary.Findings++
		if f.Advisory != "" {
			r.Summary.Advisory++
		}
	}
}

func mergeKey(f *Record) string {
	f.Identify()
	key := f.Fingerprint
	if key == "" {
		key = f.Rule + "\x00" + f.Path + "\x00" + placeText(f)
	}
	if f.Suppressed != nil {
		key += "\x00" + f.Suppressed.By
	}
	return key
}

// merge makes r the record of its own places and those of o, a finding of the
// same secret.
func (r *Record) merge(o *Record) {
	most := max(r.exposure(), o.exposure())
	places, twice := mergePlaces(r.ownPlaces(), o.ownPlaces())
	total := max(r.PlacesTotal+o.PlacesTotal-twice, len(places))
	failing := r.Advisory == "" || o.Advisory == ""
	if o.isBefore(r) {
		winner := *o
		winner.Identity = maps.Clone(o.Identity)
		winner.takeConfidence(r)
		winner.takeOrigin(r)
		*r = winner
	} else {
		r.takeConfidence(o)
		r.takeOrigin(o)
	}
	if failing {
		r.Advisory = ""
	}
	r.Places, r.PlacesTotal = places[:min(len(places), maxPlaces)], total
	for i := range r.Places {
		if r.Places[i].Exposure == most.String() {
			r.Places[i].Exposure = ""
		}
	}
	r.Priority = Priority(r.severity(), r.confidence(), most)
}

// isBefore reports whether the first place of r comes before that of o.
func (r *Record) isBefore(o *Record) bool {
	return cmp.Or(
		cmp.Compare(o.exposure(), r.exposure()),
		strings.Compare(r.Path, o.Path),
		cmp.Compare(r.Start.Byte, o.Start.Byte),
	) < 0
}

// takeConfidence takes over the confidence of o if it is higher.
func (r *Record) takeConfidence(o *Record) {
	if cmp.Or(cmp.Compare(o.confidence(), r.confidence()), cmp.Compare(o.Score, r.Score)) > 0 {
		r.Confidence, r.Reason, r.Score = o.Confidence, o.Reason, o.Score
	}
}

// takeOrigin takes over what o knows of where the secret came from and r does
// not: a scan of files knows no history.
func (r *Record) takeOrigin(o *Record) {
	if r.History == nil {
		r.History = o.History
	}
	if len(r.Owners) == 0 {
		r.Owners = o.Owners
	}
}

// ownPlaces returns the places of r, each with its exposure.
func (r *Record) ownPlaces() []Place {
	places := slices.Clone(r.Places)
	for i := range places {
		places[i].Exposure = cmp.Or(places[i].Exposure, r.Exposure)
	}
	return places
}

// mergePlaces returns the places of both, in the order of a Record, and how
// many stood in both.
func mergePlaces(a, b []Place) (places []Place, twice int) {
	places = slices.Concat(a, b)
	slices.SortStableFunc(places, func(p, q Place) int {
		e, _ := scan.ParseExposure(p.Exposure)
		f, _ := scan.ParseExposure(q.Exposure)
		return cmp.Or(cmp.Compare(f, e), p.compare(&q))
	})
	before := len(places)
	places = slices.CompactFunc(places, func(p, q Place) bool { return p.Exposure == q.Exposure && p.compare(&q) == 0 })
	return places, before - len(places)
}

func (p *Place) compare(q *Place) int {
	return cmp.Or(
		strings.Compare(p.Path, q.Path),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
		strings.Compare(p.Commit, q.Commit),
	)
}

// addSummaries returns the sum of two summaries; a may be nil.
func addSummaries(a, b *Summary) *Summary {
	if a == nil {
		a = &Summary{Complete: true}
	}
	out := *a
	out.Type = "summary"
	out.Version = cmp.Or(b.Version, a.Version)
	out.Rules = max(a.Rules, b.Rules)
	out.Complete = a.Complete && b.Complete
	out.Files += b.Files
	out.Blobs += b.Blobs
	out.Commits += b.Commits
	out.Bytes += b.Bytes
	out.Findings += b.Findings
	out.Advisory += b.Advisory
	out.BelowThreshold += b.BelowThreshold
	out.Suppressed.Inline += b.Suppressed.Inline
	out.Suppressed.Baseline += b.Suppressed.Baseline
	out.Suppressed.Config += b.Suppressed.Config
	out.Incomplete = addCounts(a.Incomplete, b.Incomplete)
	out.Skipped = addCounts(a.Skipped, b.Skipped)
	out.Seconds += b.Seconds
	out.Policy = addPolicies(a.Policy, b.Policy)
	return &out
}

func addCounts(a, b map[string]int) map[string]int {
	out := map[string]int{}
	for _, m := range []map[string]int{a, b} {
		for k, n := range m {
			out[k] += n
		}
	}
	return out
}
