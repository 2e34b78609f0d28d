package scan

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/rules"
)

// Options configure an [Engine]. The zero value is ready to use.
type Options struct {
	Workers int       // chunks scanned at once; 0 means 1
	Now     time.Time // what "expired" is measured against; zero means the time of New

	// DecodeDepth is how many encodings are undone one inside the other to look
	// at what is encoded within text. 0 means 3, and that text nested deeper is
	// told as incomplete; a bound that is set is the user's, who knows. Nothing
	// is decoded if it is negative.
	DecodeDepth int

	// Judge decides about values without a format of their own; nil means
	// judge.Default.
	Judge *judge.Judge

	// Allow, if not nil, is asked for every finding whether a comment in the
	// text allows it, and for a hint if one fails to. line is the line in which
	// the finding starts, before the one above it, both cut to maxAllowLine
	// bytes around the finding; either is valid during the call only.
	Allow func(path string, rule *rules.Rule, line, before []byte) (s *Suppression, hint string)
}

// maxAllowLine bounds how far from a finding a comment may stand, in bytes.
const maxAllowLine = 4096

// Margin is how far around the start of a finding text can decide about it, in
// bytes. A window of some content gives the same findings as the whole if its
// Lead and Trail are at least that long, or end with the content; and if what is
// encoded in it is no longer than encodedReach, or is encoded byte by byte or in
// base64, of which a window can read a part.
const Margin = rules.MaxBack + rules.MaxForward + encodedReach

// encodedReach is how long a run of encoded text may be, in bytes, for windows
// to read it as the whole does.
const encodedReach = 64 << 10

// An Engine finds credentials in chunks. It is immutable and safe for
// concurrent use.
type Engine struct {
	set     *rules.Set
	opts    Options
	workers sync.Pool      // of *worker
	judged  func() *judged // made when it is first needed
}

// A worker holds the memory that one scan at a time needs.
type worker struct {
	engine  *Engine
	matcher *rules.Matcher
	buf     Buffer
	text    []byte // decoded
	found   []candidate
	trace   Trace             // of text that comes without one
	words   []rules.Match     // matches that are only words for the judge
	lines   []line            // that the judge is to look at
	leads   []lead            // to them
	judged  []line            // on which the judge has found something
	values  []judge.Candidate // of one line
	until   <-chan struct{}   // closed when the scan is to stop

	decoder decode.Decoder
	tokens  []decode.Span // that may hold something encoded
	inner   *worker       // for what is decoded; made when it is first needed
	errs    []error       // what was left out of the chunk at hand
}

// New returns an Engine for the rules of set.
func New(set *rules.Set, opts Options) *Engine {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	opts.Workers = max(opts.Workers, 1)
	e := &Engine{set: set, opts: opts, judged: sync.OnceValue(func() *judged { return newJudged(set, opts.Judge) })}
	e.workers.New = func() any { return e.newWorker() }
	return e
}

func (e *Engine) newWorker() *worker {
	return &worker{engine: e, matcher: e.set.NewMatcher(), decoder: decode.Decoder{Depth: e.opts.DecodeDepth}}
}

// Match returns the findings in a chunk that has its Data, in the order of
// their starts. It is a pure function of the chunk and the rules.
func (e *Engine) Match(c *Chunk) []Finding {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	w.errs = w.errs[:0]
	return w.match(c)
}

// A Delta says how a chunk was made from another one, its base.
type Delta struct {
	Base *Trace      // what MatchDelta saw of the base; nil if there is none
	Runs []rules.Run // parts of the chunk, in order and without gaps
	Leaf bool        // no chunk is made from this one: its trace is not asked for
}

// MatchDelta returns the findings of Match, reading only what the chunk does
// not share with its base. It fills tr with what is to be the Base of deltas of
// this chunk. The chunk has to be whole.
func (e *Engine) MatchDelta(c *Chunk, d Delta, tr *Trace) []Finding {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	w.errs = w.errs[:0]
	text, enc := w.decode(c)
	if enc != decode.Text {
		*tr = Trace{} // of another text than that which deltas copy from
		return w.matchText(c, text, enc)
	}
	tr.family = judge.FamilyOf(pathOf(c))
	if d.Base == nil {
		w.matcher.Look(text, &tr.Trace)
	} else {
		w.matcher.LookDelta(text, d.Runs, &d.Base.Trace, &tr.Trace)
		if d.Base.family != tr.family {
			tr.Unsettle()
		}
	}
	return w.findings(c, text, enc, &d, tr)
}

// match decodes the chunk if need be, and turns what stands in its own part
// into findings.
func (w *worker) match(c *Chunk) []Finding {
	text, enc := w.decode(c)
	return w.matchText(c, text, enc)
}

func (w *worker) matchText(c *Chunk, text []byte, enc decode.Encoding) []Finding {
	w.matcher.Look(text, &w.trace.Trace)
	return w.findings(c, text, enc, nil, &w.trace)
}

// decode returns the text of a chunk, which is its data unless that is UTF-16.
func (w *worker) decode(c *Chunk) ([]byte, decode.Encoding) {
	enc := c.Encoding
	if enc == decode.Unknown {
		enc = decode.Sniff(c.Data)
	}
	if enc == decode.UTF16LE || enc == decode.UTF16BE {
		w.text = decode.UTF16(w.text[:0], c.Data, enc)
		return w.text, enc
	}
	return c.Data, enc
}

// findings judges matches and turns those in the chunk's own part into findings.
// d says how the chunk was made; nil if it is not known.
func (w *worker) findings(c *Chunk, text []byte, enc decode.Encoding, d *Delta, tr *Trace) []Finding {
	path := pathOf(c)
	found := w.candidates(path, text, enc, c.Base.Byte == 0, tr, d != nil && !d.Leaf)
	if w.engine.opts.DecodeDepth >= 0 {
		format := decode.FormatOf(path)
		mark(format, text, d, tr)
		found = w.withDecoded(c, path, format, text, tr, found)
	}
	if len(found) == 0 {
		return nil
	}
	thin(text, found)
	p := newPlacer(c, enc, text)
	var out []Finding
	for i := range found {
		f := &found[i]
		if f.match.Rule.Severity == rules.None || !p.owns(f.start) {
			continue
		}
		out = append(out, w.finding(c, text, f, p))
	}
	return out
}

// pathOf returns the path under which a chunk is judged: what is in a container
// as if the container were a folder.
func pathOf(c *Chunk) string { return strings.ReplaceAll(c.Path, "!", "/") }

func (w *worker) finding(c *Chunk, text []byte, f *candidate, p *placer) Finding {
	r := f.match.Rule
	start, end := p.place(f.start), p.place(f.end)
	out := Finding{
		Rule: r, Secret: f.secret, Decoded: f.decoded, Path: c.Path,
		Start: start, End: end,
		Score: f.score, Confidence: f.confidence, Severity: f.severity, Reason: f.reason,
		Identity: f.identity, Expires: f.expires, Exposure: c.Exposure, Origin: c.Origin,
	}
	if len(f.decoded) == 0 {
		out.Secret = NewSecret(string(text[f.start:f.end]), f.marker)
	}
	if w.engine.opts.Allow != nil {
		line, before := linesAround(text, f.start)
		out.Suppressed, out.Hint = w.engine.opts.Allow(c.Path, r, line, before)
	}
	return out
}

// linesAround returns the line of text in which a place lies, and the one above.
func linesAround(text []byte, at int) (line, before []byte) {
	lo, hi := lineBounds(text, at)
	if lo > 0 && text[lo-1] == '\n' {
		prev, _ := lineBounds(text, lo-1)
		before = text[prev : lo-1]
	}
	return text[lo:hi], before
}

func lineBounds(text []byte, at int) (lo, hi int) {
	lo, hi = at, at
	for lo > 0 && text[lo-1] != '\n' && at-lo < maxAllowLine {
		lo--
	}
	for hi < len(text) && text[hi] != '\n' && hi-at < maxAllowLine {
		hi++
	}
	return lo, hi
}

// A result is what one chunk of a source came to.
type result struct {
	findings []Finding
	errs     []error
}

// Scan yields the findings in what src brings, in the order of its chunks, and
// between them what could not be read ([*Incomplete]) or was left out
// ([*Skipped]). Any other error is the last thing it yields. When ctx is done,
// the scan ends with its error after what has been found so far.
func (e *Engine) Scan(ctx context.Context, src Source) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()

		// The chunks go to the workers in batches. Reading the batches in the
		// order of the queue restores that of the source, and the length of the
		// queue bounds the results in flight.
		queue := make(chan *batch, maxQueued*e.opts.Workers)
		jobs := make(chan *batch, maxQueued*e.opts.Workers)
		for range e.opts.Workers {
			wg.Go(func() { e.work(ctx, jobs) })
		}
		wg.Go(func() { feed(ctx, src, queue, jobs) })

		for b := range queue {
			<-b.ready
			for i := range b.items {
				if !b.items[i].yield(yield) {
					return
				}
			}
		}
		if err := context.Cause(ctx); err != nil {
			yield(Finding{}, err)
		}
	}
}

// yield hands on what an item came to, and reports whether to go on.
func (it *item) yield(yield func(Finding, error) bool) bool {
	for i := range it.findings {
		if !yield(it.findings[i], nil) {
			return false
		}
	}
	for _, err := range it.errs {
		if !yield(Finding{}, err) || !partial(err) {
			return false
		}
	}
	return true
}

// partial reports whether a scan goes on after an error.
func partial(err error) bool {
	var in *Incomplete
	var sk *Skipped
	return errors.As(err, &in) || errors.As(err, &sk)
}

// maxQueued is how many batches per worker may wait, maxBatch how many chunks one
// holds once there have been enough to keep all workers busy: to wake somebody
// for every small file costs as much as to scan it.
const (
	maxQueued = 8
	maxBatch  = 64
)

// A batch is a part of what a source brings, and what it came to.
type batch struct {
	items []item
	ready chan struct{} // closed when the results are there
}

// An item is a chunk, or an error that came in its place.
type item struct {
	chunk *Chunk // nil for an error
	result
}

// feed brings the chunks of a source into the queue and to the workers.
func feed(ctx context.Context, src Source, queue, jobs chan<- *batch) {
	defer close(queue)
	defer close(jobs)
	n := 0
	b := &batch{ready: make(chan struct{})}
	for c, err := range src.Chunks(ctx) {
		n++
		if err != nil {
			b.items = append(b.items, item{result: result{errs: []error{err}}})
		} else {
			b.items = append(b.items, item{chunk: c})
		}
		if end := err != nil && !partial(err); end || len(b.items) >= batchSize(n, cap(queue)) {
			if !send(ctx, b, queue, jobs) || end {
				return
			}
			b = &batch{ready: make(chan struct{})}
		}
	}
	if len(b.items) > 0 {
		send(ctx, b, queue, jobs)
	}
}

// batchSize returns how many chunks the batch that holds the nth is to have: one
// at first, so that all workers have something to do, then more and more.
func batchSize(n, queued int) int { return min(1+n/(4*queued), maxBatch) }

// send hands a batch to whoever reads the results and to the workers.
func send(ctx context.Context, b *batch, queue, jobs chan<- *batch) bool {
	select {
	case queue <- b:
	case <-ctx.Done():
		return false
	}
	select {
	case jobs <- b:
		return true
	case <-ctx.Done():
		close(b.ready) // it is in the queue: whoever reads it must not wait
		return false
	}
}

func (e *Engine) work(ctx context.Context, jobs <-chan *batch) {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	w.watch(ctx.Done())
	defer w.watch(nil) // the next one to use it knows nothing of ctx
	for b := range jobs {
		for i := range b.items {
			if it := &b.items[i]; it.chunk != nil {
				it.result = w.scan(ctx, it.chunk)
				it.chunk = nil // its data is not needed while the result waits
			}
		}
		close(b.ready)
	}
}

// watch lets w end early, with a part of what it finds, once done is closed.
func (w *worker) watch(done <-chan struct{}) {
	w.until = done
	w.matcher.Until(done)
	if w.inner != nil {
		w.inner.watch(done)
	}
}

// scan matches a chunk, or what it opens.
func (w *worker) scan(ctx context.Context, c *Chunk) (r result) {
	if ctx.Err() != nil {
		return result{}
	}
	w.errs = w.errs[:0]
	if c.Open == nil {
		r.findings = w.match(c)
		r.errs = append(r.errs, w.errs...)
		return r
	}
	for part, err := range c.Open(ctx, &w.buf) {
		if err != nil {
			r.errs = append(r.errs, err)
			if !partial(err) {
				return r
			}
			continue
		}
		r.findings = append(r.findings, w.match(part)...)
	}
	r.errs = append(r.errs, w.errs...)
	return r
}
