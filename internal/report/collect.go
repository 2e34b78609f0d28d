package report

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

const (
	// maxPlaces is how many places of a secret are kept; all are counted.
	maxPlaces = 1000
	// maxIncomplete is how many Incompletes are reported one by one; all are
	// counted.
	maxIncomplete = 10_000
	// A secret is redacted in the names that belong to it from this length in
	// bytes: a shorter one is too likely to be an ordinary part of a path, by
	// which its finding would no longer be found, or of a text.
	minRedactedPath = 8
	minRedactedText = 4
	// minRedactedElsewhere is the Strength, in bits, from which a secret is
	// redacted in the names of all findings. A password that is a word would
	// take that word out of every path.
	minRedactedElsewhere = 40
)

// CollectorOptions configure a [Collector]. With the zero value everything is
// reported and fails.
type CollectorOptions struct {
	MinConfidence rules.Confidence // less is only counted
	MinSeverity   rules.Severity   // less is only counted
	// FailConfidence and MinExposure: less is reported and does not fail.
	// Text outside a repository has no exposure and always fails.
	FailConfidence rules.Confidence
	MinExposure    scan.Exposure

	ShowSuppressed bool // report suppressed findings, marked
	ShowSecrets    bool // Record.Secret is the secret, and names are not redacted

	Names        *Names                                   // redacts names beside what is found; nil for nothing more
	Fingerprints *Fingerprinter                           // nil means the built-in salt
	Remedy       func(id string) (*rules.Remedy, bool)    // nil: no remediation
	Enrich       func(r *Record, objects map[string]bool) // adds Owners and History; called once a reported record, with the ids of the objects that hold it; nil for none
}

// A Collector merges the occurrences of each secret and reports them, ordered
// by path and position whatever the order in which they came.
//
// Occurrences belong together if they have the same secret and are suppressed
// by the same thing or not at all. A Record's rule is the most specific one
// that matched, its confidence and exposure are the highest of any place, and
// its places are ordered by falling exposure, path and position.
type Collector struct {
	opts       CollectorOptions
	entries    map[entryKey]*entry
	incomplete []Incomplete
	reasons    map[string]int
	skipped    map[string]int
}

// An entryKey is what occurrences that belong together have in common.
type entryKey struct {
	secret     [sha256.Size]byte
	suppressed string
}

// An entry is a Record in the making.
type entry struct {
	rule    *scan.Finding // occurrence that decides rule, severity and identity
	sure    *scan.Finding // occurrence that decides confidence, score and reason
	max     scan.Exposure
	note    string
	noteAt  place
	places  []place
	objects map[string]bool
	total   int
}

// A place is an occurrence as it is kept until it is known which are reported.
type place struct {
	path           string
	start, end     scan.Position
	exposure       scan.Exposure
	commit, object string
	head           bool  // see scan.Origin
	time           int64 // likewise
	decoded        []string
	reason         string // of the suppression
}

// NewCollector returns an empty Collector.
func NewCollector(opts CollectorOptions) *Collector {
	if opts.Fingerprints == nil {
		opts.Fingerprints = new(Fingerprinter)
	}
	return &Collector{
		opts: opts, entries: map[entryKey]*entry{},
		reasons: map[string]int{}, skipped: map[string]int{},
	}
}

// Add takes one occurrence. note is a hint that belongs to it, or empty.
func (c *Collector) Add(f *scan.Finding, note string) {
	key := keyOf(f)
	e := c.entries[key]
	copied := *f
	if e == nil {
		e = &entry{rule: &copied, sure: &copied}
		c.entries[key] = e
	}
	p := placeOf(f)
	e.add(p)
	if moreSpecific(f, e.rule) {
		e.rule = &copied
	}
	if surer(f, e.sure) {
		e.sure = &copied
	}
	e.max = max(e.max, f.Exposure)
	if note != "" && (e.note == "" || comparePlaces(&p, &e.noteAt) < 0) {
		e.note, e.noteAt = note, p
	}
}

// AddError takes what a source yielded beside findings: it counts a
// scan.Skipped, keeps a scan.Incomplete, and returns any other error.
func (c *Collector) AddError(err error) error {
	var skipped *scan.Skipped
	if errors.As(err, &skipped) {
		c.skipped[skipped.Reason]++
		return nil
	}
	var incomplete *scan.Incomplete
	if !errors.As(err, &incomplete) {
		return err
	}
	c.reasons[incomplete.Reason]++
	if len(c.incomplete) < maxIncomplete {
		c.incomplete = append(c.incomplete, Incomplete{
			Type: "incomplete", Reason: incomplete.Reason, Path: incomplete.Path,
			Detail: incomplete.Detail, Cure: incomplete.Cure,
		})
	}
	return nil
}

// Collect returns all that was added as a Run with its Summary, for which s
// gives what only the caller knows: version, coverage and duration. It is to
// be called once.
func (c *Collector) Collect(s Summary) *Run {
	s.Type = "summary"
	s.Complete = len(c.reasons) == 0
	s.Incomplete, s.Skipped = c.reasons, c.skipped
	s.Seconds = math.Round(s.Seconds*1000) / 1000
	run := &Run{Summary: &s}
	var known, reported []*entry
	for key, e := range c.entries {
		switch {
		case c.belowThreshold(e):
			s.BelowThreshold++
			continue
		case key.suppressed != "":
			s.Suppressed.count(key.suppressed)
		default:
			s.Findings++
		}
		known = append(known, e)
		if key.suppressed == "" || c.opts.ShowSuppressed {
			e.sort()
			reported = append(reported, e)
		}
	}
	slices.SortFunc(reported, compareEntries)
	redact := c.redactor(known)
	for _, e := range reported {
		r := c.record(e, redact)
		if r.Advisory != "" && r.Suppressed == nil {
			s.Advisory++
		}
		run.Findings = append(run.Findings, r)
	}
	for _, inc := range c.incomplete {
		for _, s := range []*string{&inc.Path, &inc.Detail, &inc.Cure} {
			*s = redact.text(*s, scan.Secret{})
		}
		run.Incomplete = append(run.Incomplete, &inc)
	}
	return run
}

func (c *Collector) belowThreshold(e *entry) bool {
	return e.sure.Confidence < c.opts.MinConfidence || e.rule.Severity < c.opts.MinSeverity
}

// keyOf identifies an occurrence by its secret or, if it has none, by its rule
// and place: a file that ought to be ignored, a log statement.
func keyOf(f *scan.Finding) entryKey {
	var key entryKey
	if f.Secret.Len() > 0 {
		key.secret = sha256.Sum256([]byte("secret\x00" + f.Secret.Reveal()))
	} else {
		key.secret = sha256.Sum256([]byte("place\x00" + f.Rule.ID + "\x00" + strconv.FormatInt(f.Start.Byte, 10) + "\x00" + f.Path))
	}
	if f.Suppressed != nil {
		key.suppressed = cmp.Or(f.Suppressed.By, "config")
	}
	return key
}

func placeOf(f *scan.Finding) place {
	p := place{path: f.Path, start: f.Start, end: f.End, exposure: f.Exposure, decoded: f.Decoded}
	if f.Origin != nil {
		p.commit, p.object = f.Origin.Commit, f.Origin.Object
		p.head, p.time = f.Origin.Head, f.Origin.Time
	}
	if f.Suppressed != nil {
		p.reason = f.Suppressed.Reason
	}
	return p
}

// add keeps p if it is among the first maxPlaces of all, in the order of
// comparePlaces. The slice is cut only when it has grown to twice as many.
func (e *entry) add(p place) {
	e.total++
	e.places = append(e.places, p)
	if p.object != "" {
		if e.objects == nil {
			e.objects = map[string]bool{}
		}
		e.objects[p.object] = true
	}
	if len(e.places) >= 2*maxPlaces {
		e.sort()
	}
}

// standing ranks a place by how easily it is come across.
func (p *place) standing() scan.Exposure {
	if p.head {
		return scan.Tagged
	}
	return min(p.exposure, scan.Committed)
}

func (e *entry) sort() {
	slices.SortFunc(e.places, func(a, b place) int { return comparePlaces(&a, &b) })
	if len(e.places) > maxPlaces {
		clear(e.places[maxPlaces:])
		e.places = e.places[:maxPlaces]
	}
}

// comparePlaces orders places: what HEAD still has, then what refs reach, the
// oldest first. Without a history the order is that of exposure and path.
func comparePlaces(a, b *place) int {
	return cmp.Or(
		cmp.Compare(b.standing(), a.standing()),
		cmp.Compare(uint64(a.time-1), uint64(b.time-1)), // an unknown time is the latest
		cmp.Compare(b.exposure, a.exposure),
		strings.Compare(a.path, b.path),
		cmp.Compare(a.start.Byte, b.start.Byte),
		cmp.Compare(a.start.Line, b.start.Line),
		strings.Compare(a.commit, b.commit),
		strings.Compare(a.object, b.object),
		cmp.Compare(a.end.Byte, b.end.Byte),
		slices.Compare(a.decoded, b.decoded),
		strings.Compare(a.reason, b.reason),
	)
}

func compareEntries(a, b *entry) int {
	p, q := &a.places[0], &b.places[0]
	return cmp.Or(
		strings.Compare(p.path, q.path),
		cmp.Compare(p.start.Byte, q.start.Byte),
		strings.Compare(a.rule.Rule.ID, b.rule.Rule.ID),
		cmp.Compare(p.end.Byte, q.end.Byte),
		strings.Compare(p.commit, q.commit),
		strings.Compare(p.object, q.object),
		strings.Compare(a.rule.Secret.Reveal(), b.rule.Secret.Reveal()),
		strings.Compare(p.reason, q.reason),
	)
}

// moreSpecific reports whether a decides the rule rather than b. The order is
// total, so that the outcome does not depend on the order of arrival.
func moreSpecific(a, b *scan.Finding) bool {
	p, q := placeOf(a), placeOf(b)
	return cmp.Or(
		cmp.Compare(specificity(b.Rule), specificity(a.Rule)),
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(b.Score, a.Score),
		strings.Compare(a.Rule.ID, b.Rule.ID),
		comparePlaces(&p, &q),
	) < 0
}

// surer reports whether a decides the confidence rather than b.
func surer(a, b *scan.Finding) bool {
	return cmp.Or(
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(b.Score, a.Score),
		strings.Compare(a.Reason, b.Reason),
	) < 0
}

// specificity ranks rules by how much they say about a value: one with a
// marker of its own, one of a provider, any other.
func specificity(r *rules.Rule) int {
	generic := r.Provider == "" || strings.EqualFold(r.Provider, "generic")
	switch {
	case !generic && len(r.Markers) > 0:
		return 3
	case !generic:
		return 2
	case len(r.Markers) > 0:
		return 1
	}
	return 0
}

// A redactor makes names fit to be shown: valid UTF-8 in which secrets are
// replaced by their redacted form.
type redactor struct {
	off       bool
	names     *Names
	elsewhere *strings.Replacer // redacts in every name
}

func (c *Collector) redactor(known []*entry) *redactor {
	out := &redactor{off: c.opts.ShowSecrets, names: c.opts.Names}
	var secrets []scan.Secret
	for _, e := range known {
		if s := e.rule.Secret; s.Len() >= minRedactedPath && Strength(s.Reveal()) >= minRedactedElsewhere {
			secrets = append(secrets, s)
		}
	}
	// Longest first: a secret may be part of another one.
	slices.SortFunc(secrets, func(a, b scan.Secret) int {
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), strings.Compare(a.Reveal(), b.Reveal()))
	})
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s.Reveal(), s.String())
	}
	out.elsewhere = strings.NewReplacer(pairs...)
	return out
}

// path and text redact a name of a finding with the secret own.
func (r *redactor) path(s string, own scan.Secret) string { return r.redact(s, own, minRedactedPath) }
func (r *redactor) text(s string, own scan.Secret) string { return r.redact(s, own, minRedactedText) }

func (r *redactor) redact(s string, own scan.Secret, least int) string {
	if !r.off {
		if own.Len() >= least {
			s = strings.ReplaceAll(s, own.Reveal(), own.String())
		}
		s = r.names.Redact(r.elsewhere.Replace(s))
	}
	return validUTF8(s)
}

// record makes the Record of an entry whose places are sorted.
func (c *Collector) record(e *entry, redact *redactor) *Record {
	f, first := e.rule, &e.places[0]
	path := redact.path(first.path, f.Secret)
	r := &Record{
		Type: "finding", Rule: f.Rule.ID, Title: f.Rule.Title, Provider: f.Rule.Provider,
		Kind: f.Rule.Kind.String(), Severity: f.Severity.String(),
		Confidence: e.sure.Confidence.String(), Reason: validUTF8(e.sure.Reason),
		Score:    math.Round(e.sure.Score*1000) / 1000,
		Priority: Priority(f.Severity, e.sure.Confidence, e.max),
		Path:     path, Start: positionOf(first.start), End: positionOf(first.end),
		Secret: validUTF8(f.Secret.String()), Length: f.Secret.Len(),
		Decoded: first.decoded, Expires: f.Expires, Exposure: e.max.String(), Note: e.note,
		PlacesTotal: e.total,
	}
	if c.opts.ShowSecrets {
		r.Secret = validUTF8(f.Secret.Reveal())
	}
	if f.Suppressed != nil {
		r.Suppressed = &Suppressed{By: cmp.Or(f.Suppressed.By, "config"), Reason: first.reason}
	}
	r.Advisory = c.advisory(e)
	for _, id := range f.Identity {
		if r.Identity == nil {
			r.Identity = map[string]string{}
		}
		r.Identity[id.Name] = id.Value
	}
	for i := range e.places {
		r.Places = append(r.Places, placeRecord(&e.places[i], e.max))
	}
	if c.opts.Enrich != nil {
		c.opts.Enrich(r, e.objects)
	}
	r.redactNames(redact, f.Secret)
	r.Remediation = c.remediation(f, r, e.max)
	fingerprints, finding := c.opts.Fingerprints, *f
	r.identify = func(r *Record) {
		r.Fingerprint = fingerprints.Of(&finding)
		if hash := publicHash(finding.Secret); hash != "" {
			r.Identity = maps.Clone(r.Identity)
			if r.Identity == nil {
				r.Identity = map[string]string{}
			}
			r.Identity["sha256"] = hash
		}
	}
	return r
}

// advisory returns the value of Record.Advisory.
func (c *Collector) advisory(e *entry) string {
	switch {
	case e.max != scan.NoExposure && e.max < c.opts.MinExposure:
		return "exposure"
	case e.sure.Confidence < c.opts.FailConfidence:
		return "confidence"
	}
	return ""
}

func positionOf(p scan.Position) Position {
	return Position{Line: p.Line, Column: p.Column, Byte: p.Byte, Char: p.Char}
}

func placeRecord(p *place, most scan.Exposure) Place {
	out := Place{Path: p.path, Line: p.start.Line, Column: p.start.Column, Char: p.start.Char, Commit: p.commit, Object: p.object}
	if p.exposure != most {
		out.Exposure = p.exposure.String()
	}
	return out
}

// remediation returns the advice for a record whose names are redacted.
func (c *Collector) remediation(f *scan.Finding, r *Record, e scan.Exposure) *Remediation {
	if c.opts.Remedy == nil {
		return nil
	}
	remedy, ok := c.opts.Remedy(f.Rule.Remedy)
	if !ok {
		return nil
	}
	out := &Remediation{ID: remedy.ID, Confirmed: remedy.Confirmed, Source: remedy.Source}
	at := Situation{Exposure: e, Severity: f.Severity, Kind: f.Rule.Kind, Path: r.Path, Repair: r.Note}
	if r.History != nil {
		at.Refs = r.History.Refs
	}
	for _, s := range Advice(remedy, at) {
		out.Steps = append(out.Steps, Step(s))
	}
	return out
}

// redactNames redacts every string of r that comes from the scanned content.
func (r *Record) redactNames(redact *redactor, own scan.Secret) {
	texts := []*string{&r.Note}
	for i := range r.Places {
		r.Places[i].Path = redact.path(r.Places[i].Path, own)
	}
	for name, value := range r.Identity {
		r.Identity[name] = redact.text(value, own)
	}
	for i := range r.Owners {
		texts = append(texts, &r.Owners[i])
	}
	if r.Suppressed != nil {
		texts = append(texts, &r.Suppressed.Reason)
	}
	texts = append(texts, r.History.texts()...)
	for _, s := range texts {
		*s = redact.text(*s, own)
	}
}
