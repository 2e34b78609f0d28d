package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// contextLines is how many lines before and behind a finding the audit shows.
const contextLines = 2

// maxShownLine is how much of a line the audit shows, in bytes.
const maxShownLine = 200

// A masked is a part of a file that is not shown.
type masked struct {
	start, end int64  // offsets
	shown      string // what stands there instead
}

// watching passes on what seq yields and lets the ledger see each finding.
func (l *ledger) watching(seq iter.Seq2[scan.Finding, error]) iter.Seq2[scan.Finding, error] {
	return func(yield func(scan.Finding, error) bool) {
		for f, err := range seq {
			if err == nil && l.watch != nil {
				l.watch(&f)
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// note remembers where in which file a secret stands.
func (l *ledger) note(f *scan.Finding) {
	l.named[l.shown(f.Path)] = f.Path
	l.findings[f.Path] = append(l.findings[f.Path], masked{f.Start.Byte, f.End.Byte, f.Secret.String()})
}

// mask returns the text of a file without its secrets, in as many lines.
func mask(text []byte, parts []masked) []byte {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b masked) int { return cmp.Compare(a.start, b.start) })
	var out []byte
	at := int64(0)
	for _, p := range parts {
		if p.start < 0 || p.start >= p.end || p.end > int64(len(text)) || p.end <= at {
			continue
		}
		start := max(p.start, at)
		out = append(out, text[at:start]...)
		out = append(out, p.shown...)
		out = append(out, bytes.Repeat([]byte("\n"), bytes.Count(text[start:p.end], []byte("\n")))...)
		at = p.end
	}
	return append(out, text[at:]...)
}

// A choice is an answer in the audit.
type choice struct {
	letter         byte
	label          string
	status, reason string // what is recorded; no status records nothing
}

func choices() []choice {
	return []choice{
		{'y', "yes, real", "accepted", "audit: a real credential"},
		{'n', "no", "false-positive", "audit: no credential"},
		{'t', "test value", "test", "audit: made up for tests"},
		{'r', "real, revoked", "revoked", "audit: revoked"},
		{'s', "skip", "", ""},
		{'b', "back", "", ""},
		{'q', "quit", "", ""},
	}
}

// audit asks about the recorded findings that nobody has decided about yet.
func (c *baselineFlags) audit(ctx context.Context, sys *system, paths []string) error {
	l, err := c.openLedger(sys, paths)
	if err != nil {
		return err
	}
	if l.was == nil {
		return fmt.Errorf("there is no %s; keysift baseline create makes it", l.file.Name)
	}
	l.asWritten()
	l.watch = l.note
	l.minConfidence, l.minSeverity, l.noSuppress = rules.LowConfidence, rules.Low, true
	records, err := l.look(ctx, paths, c.history)
	if err != nil {
		return err
	}
	asked, gone := l.questions(records, c.all)
	if gone > 0 {
		l.say("%d recorded findings are not in these files; keysift baseline prune takes out what is nowhere", gone)
	}
	if len(asked) == 0 {
		l.say("Nothing to ask: all findings have a reason. --all asks again.")
		return nil
	}
	in := newAnswers(sys)
	answered, err := l.ask(asked, in, c.reason)
	if err != nil {
		return err
	}
	l.say("%d answered, %d left", answered, len(asked)-answered)
	return l.remind(asked)
}

// questions returns the records to be asked about, in the order of the file,
// and how many entries have no record.
func (l *ledger) questions(records []*report.Record, all bool) (asked []*report.Record, gone int) {
	byPrint := map[string]*report.Record{}
	for _, r := range records {
		r.Identify()
		if byPrint[r.Fingerprint] == nil {
			byPrint[r.Fingerprint] = r
		}
	}
	for i := range l.file.Entries {
		e := &l.file.Entries[i]
		switch r := byPrint[e.Fingerprint]; {
		case e.Audited() && !all:
		case r == nil:
			gone++
		default:
			asked = append(asked, r)
		}
	}
	return asked, gone
}

// ask shows one finding after the other and stores each answer.
func (l *ledger) ask(asked []*report.Record, in *answers, reason string) (int, error) {
	answered := map[int]bool{}
	for i := 0; i < len(asked); {
		l.show(asked[i], i, len(asked))
		c, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return len(answered), err
		}
		switch {
		case c.letter == 'q':
			return len(answered), nil
		case c.letter == 'b':
			i = max(i-1, 0)
			continue
		case c.status != "":
			e := l.file.Find(asked[i].Fingerprint)
			e.Status, e.Reason = c.status, c.reason
			if reason != "" {
				e.Reason = reason
			}
			if err := l.save(); err != nil {
				return len(answered), err
			}
			answered[i] = true
		}
		i++
	}
	return len(answered), nil
}

// show writes a finding with the lines around it.
func (l *ledger) show(r *report.Record, n, of int) {
	secret := ""
	if r.Secret != "" {
		secret = fmt.Sprintf(" %s, %d bytes", r.Secret, r.Length)
	}
	l.say("")
	l.say("%d of %d: %s:%d: %s%s (%s)", n+1, of, r.Path, r.Start.Line, r.Title, secret, r.Confidence)
	if r.PlacesTotal > 1 {
		l.say("  at %d places", r.PlacesTotal)
	}
	path := cmp.Or(l.named[r.Path], r.Path)
	text, err := readOrdinary(path)
	if err != nil || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return // of the history, or no text
	}
	if l.showSecrets == "" {
		text = mask(text, l.findings[path])
	}
	lines := bytes.Split(text, []byte("\n"))
	for i := max(r.Start.Line-1-contextLines, 0); i < min(r.Start.Line+contextLines, len(lines)); i++ {
		mark := " "
		if i == r.Start.Line-1 {
			mark = ">"
		}
		line := lines[i]
		if len(line) > maxShownLine {
			line = append(slices.Clone(line[:maxShownLine]), "…"...)
		}
		l.say("  %s %4d | %s", mark, i+1, bytes.TrimRight(line, "\r"))
	}
}

// remind names what is real and not revoked.
func (l *ledger) remind(asked []*report.Record) error {
	reals := 0
	for _, r := range asked {
		if e := l.file.Find(r.Fingerprint); e.Status == "accepted" && e.Audited() {
			if reals == 0 {
				l.say("")
				l.say("Real credentials that were found; revoke them, then record it:")
			}
			reals++
			l.say("  keysift explain %s; keysift allow %s --status revoked --reason TEXT", e.Rule, e.Fingerprint)
		}
	}
	return l.status()
}

// answers reads choices from a terminal, key by key, or from lines.
type answers struct {
	sys   *system
	tty   *os.File // nil if lines are read
	lines *bufio.Reader
}

func newAnswers(sys *system) *answers {
	if f, ok := sys.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &answers{sys: sys, tty: f}
	}
	return &answers{sys: sys, lines: bufio.NewReader(sys.stdin)}
}

// next returns the next answer, or io.EOF.
func (a *answers) next() (choice, error) {
	if a.tty != nil {
		return a.key()
	}
	for {
		a.menu(-1)
		line, err := a.lines.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			for _, c := range choices() {
				if c.letter == line[0]|0x20 {
					_, _ = fmt.Fprintln(a.sys.stdout, line)
					return c, nil
				}
			}
		}
		if err != nil {
			return choice{}, err
		}
	}
}

// menu writes the choices on one line, the selected one marked.
func (a *answers) menu(selected int) {
	var parts []string
	for i, c := range choices() {
		text := string(c.letter) + " " + c.label
		if i == selected {
			text = "\x1b[7m" + text + "\x1b[0m"
		}
		parts = append(parts, text)
	}
	text := "Is it a real credential?  " + strings.Join(parts, "  ") + " "
	if selected >= 0 {
		text = "\r\x1b[K" + text
	}
	_, _ = io.WriteString(a.sys.stdout, text)
}

// key reads one answer from the terminal: a letter, or Enter for what the arrow
// keys have selected.
func (a *answers) key() (choice, error) {
	fd := int(a.tty.Fd())
	state, err := term.MakeRaw(fd)
	if err != nil {
		return choice{}, fmt.Errorf("reading keys: %w", err)
	}
	defer func() {
		_ = term.Restore(fd, state)
		_, _ = fmt.Fprintln(a.sys.stdout)
	}()
	all := choices()
	for selected := 0; ; {
		a.menu(selected)
		c, move, err := readKey(a.tty, all, selected)
		if err != nil || c != nil {
			if c == nil {
				c = &choice{}
			}
			return *c, err
		}
		selected = (selected + move + len(all)) % len(all)
	}
}

// Bytes that keys send.
const (
	keyInterrupt = 3
	keyEndOfText = 4
	keyEscape    = 27
)

// readKey reads one key. It returns the choice that it makes or how it moves
// the selection.
func readKey(in io.Reader, all []choice, selected int) (*choice, int, error) {
	var buf [8]byte
	n, err := in.Read(buf[:])
	if err != nil {
		return nil, 0, err
	}
	switch key := buf[:n]; {
	case n == 0:
		return nil, 0, nil
	case key[0] == keyInterrupt || key[0] == keyEndOfText:
		return nil, 0, io.EOF
	case key[0] == '\r' || key[0] == '\n':
		return &all[selected], 0, nil
	case key[0] == keyEscape && n >= 3 && (key[2] == 'C' || key[2] == 'B'):
		return nil, 1, nil
	case key[0] == keyEscape && n >= 3 && (key[2] == 'D' || key[2] == 'A'):
		return nil, -1, nil
	default:
		for i := range all {
			if all[i].letter == key[0]|0x20 {
				return &all[i], 0, nil
			}
		}
	}
	return nil, 0, nil
}
