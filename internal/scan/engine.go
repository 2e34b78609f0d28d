package scan

import (
	"context"
	"errors"
	"iter"
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
// Lead and Trail are at least that long, or end with the content.
const Margin = rules.MaxBack + rules.MaxForward + 64<<10

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
	trace   rules.Trace       // of text that comes without one
	words   []rules.Match     // matches that are only words for the judge
	lines   []line            // that the judge is to look at
	values  []judge.Candidate // of one line
}

// New returns an Engine for the rules of set.
func New(set *rules.Set, opts Options) *Engine {
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	opts.Workers = max(opts.Workers, 1)
	e := &Engine{set: set, opts: opts, judged: sync.OnceValue(func() *judged { return newJudged(set, opts.Judge) })}
	e.workers.New = func() any { return &worker{engine: e, matcher: set.NewMatcher()} }
	return e
}

// Match returns the findings in a chunk that has its Data, in the order of
// their starts. It is a pure function of the chunk and the rules.
func (e *Engine) Match(c *Chunk) []Finding {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	return w.match(c)
}

// A Delta says how a chunk was made from another one, its base.
type Delta struct {
	Base *rules.Trace // what MatchDelta saw of the base; nil if there is none
	Runs []rules.Run  // parts of the chunk, in order and without gaps
}

// MatchDelta returns the findings of Match, reading only what the chunk does
// not share with its base. It fills tr with what is to be the Base of deltas of
// this chunk. The chunk has to be whole.
func (e *Engine) MatchDelta(c *Chunk, d Delta, tr *rules.Trace) []Finding {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	text, enc := w.decode(c)
	if enc != decode.Text {
		*tr = rules.Trace{} // of another text than that which deltas copy from
		return w.matchText(c, text, enc)
	}
	if d.Base == nil {
		w.matcher.Look(text, tr)
	} else {
		w.matcher.LookDelta(text, d.Runs, d.Base, tr)
	}
	return w.findings(c, text, enc, tr)
}

// match decodes the chunk if need be, and turns what stands in its own part
// into findings.
func (w *worker) match(c *Chunk) []Finding {
	text, enc := w.decode(c)
	return w.matchText(c, text, enc)
}

func (w *worker) matchText(c *Chunk, text []byte, enc decode.Encoding) []Finding {
	w.matcher.Look(text, &w.trace)
	return w.findings(c, text, enc, &w.trace)
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
func (w *worker) findings(c *Chunk, text []byte, enc decode.Encoding, tr *rules.Trace) []Finding {
	found := w.candidates(c.Path, text, c.Base.Byte == 0, tr)
	if len(found) == 0 {
		return nil
	}
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

func (w *worker) finding(c *Chunk, text []byte, f *candidate, p *placer) Finding {
	r := f.match.Rule
	start, end := p.place(f.start), p.place(f.end)
	out := Finding{
		Rule: r, Secret: NewSecret(string(text[f.start:f.end]), f.marker), Path: c.Path,
		Start: start, End: end,
		Score: f.score, Confidence: f.confidence, Severity: f.severity, Reason: f.reason,
		Identity: f.identity, Expires: f.expires, Exposure: c.Exposure, Origin: c.Origin,
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

		// Each chunk gets a slot in the queue; its worker fills the slot, and
		// reading the slots in turn restores the order of the source. The
		// length of the queue bounds the results in flight.
		queue := make(chan *slot, 64*e.opts.Workers)
		jobs := make(chan *slot, 64*e.opts.Workers)
		for range e.opts.Workers {
			wg.Go(func() { e.work(ctx, jobs) })
		}
		wg.Go(func() { feed(ctx, src, queue, jobs) })

		for s := range queue {
			<-s.ready
			for i := range s.findings {
				if !yield(s.findings[i], nil) {
					return
				}
			}
			for _, err := range s.errs {
				if !yield(Finding{}, err) || !partial(err) {
					return
				}
			}
		}
		if err := context.Cause(ctx); err != nil {
			yield(Finding{}, err)
		}
	}
}

// partial reports whether a scan goes on after an error.
func partial(err error) bool {
	var in *Incomplete
	var sk *Skipped
	return errors.As(err, &in) || errors.As(err, &sk)
}

type slot struct {
	chunk *Chunk
	ready chan struct{}
	result
}

// feed brings the chunks of a source into the queue and to the workers.
func feed(ctx context.Context, src Source, queue, jobs chan<- *slot) {
	defer close(queue)
	defer close(jobs)
	for c, err := range src.Chunks(ctx) {
		s := &slot{chunk: c, ready: make(chan struct{})}
		if err != nil {
			s.errs = append(s.errs, err)
			close(s.ready)
		}
		select {
		case queue <- s:
		case <-ctx.Done():
			return
		}
		if err != nil {
			if !partial(err) {
				return
			}
			continue
		}
		select {
		case jobs <- s:
		case <-ctx.Done():
			close(s.ready) // it is in the queue: whoever reads it must not wait
			return
		}
	}
}

func (e *Engine) work(ctx context.Context, jobs <-chan *slot) {
	w := e.workers.Get().(*worker)
	defer e.workers.Put(w)
	for s := range jobs {
		s.result = w.scan(ctx, s.chunk)
		close(s.ready)
	}
}

// scan matches a chunk, or what it opens.
func (w *worker) scan(ctx context.Context, c *Chunk) (r result) {
	if ctx.Err() != nil {
		return result{}
	}
	if c.Open == nil {
		return result{findings: w.match(c)}
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
	return r
}
