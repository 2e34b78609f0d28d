package scan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// made-up rules, so that the tests are about the engine and no provider.
const testRules = `
[[rule]]
id = "made-up-token"
title = "Made-up token"
severity = "high"
markers = ["kst_"]
pattern = 'kst_[a-h]{8}'
entropy = 1
[[rule]]
id = "made-up-narrow"
title = "Made-up narrow token"
severity = "low"
markers = ["kst_a"]
pattern = 'kst_a[a-c]{7}'
entropy = 1
[[rule]]
id = "made-up-key-id"
title = "Made-up key id"
severity = "medium"
markers = ["KSTID"]
pattern = 'KSTID[0-9]{6}'
entropy = 1
pair = "made-up-key"
lines = 2
[[rule]]
id = "made-up-key"
title = "Made-up key"
severity = "critical"
context = ["kst_secret"]
pattern = '[a-z0-9]{20}'
entropy = 1
lines = 0
[[rule]]
id = "made-up-encrypted"
title = "Made-up encrypted form"
severity = "none"
markers = ["KSTENC("]
pattern = 'KSTENC\([^)]{1,80}\)'
`

func testSet(t testing.TB) *rules.Set {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.Extend("test.toml", []byte(testRules)); err != nil {
		t.Fatal(err)
	}
	if set, err = set.Only("made-up-token", "made-up-narrow", "made-up-key-id", "made-up-key", "made-up-encrypted"); err != nil {
		t.Fatal(err)
	}
	return set
}

func describe(fs []scan.Finding) string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s@%d:%d+%d", f.Rule.ID, f.Start.Line, f.Start.Column, f.Start.Byte))
	}
	return strings.Join(out, " ")
}

func TestMatch(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "x = kst_bdgacfhe", "made-up-token@1:5+4"},
		{"at the end", "kst_bdgacfhe", "made-up-token@1:1+0"},
		{"second line", "a\nb kst_bdgacfhe\n", "made-up-token@2:3+4"},
		{"CRLF", "a\r\nb kst_bdgacfhe\r\n", "made-up-token@2:3+5"},
		{"byte order mark", "\ufeffkst_bdgacfhe", "made-up-token@1:4+3"},
		{"UTF-8 before", "ä€ kst_bdgacfhe", "made-up-token@1:7+6"},
		{"invalid UTF-8 before", "\xff\xfe\xff kst_bdgacfhe", "made-up-token@1:5+4"},
		{"two on a line", "kst_bdgacfhe kst_hcfadgbe", "made-up-token@1:1+0 made-up-token@1:14+13"},
		{"low entropy", "kst_bbbbbbbb", ""},
		{"sequence", "kst_abcdefgh", ""},
		{"the narrower rule", "kst_abcaabcb", "made-up-narrow@1:1+0"},
		{"identifier alone", "id = KSTID102938", "made-up-key-id@1:6+5"},
		{"pair", "id = KSTID102938\nkst_secret = $V", "made-up-key@2:14+30"},
		{"pair out of reach", "id = KSTID102938\n\n\n\nkst_secret = $V", "made-up-key-id@1:6+5 made-up-key@5:14+33"},
		{"context on another line", "kst_secret\nx = $V", ""},
		{"harmless form", "KSTENC(kst_bdgacfhe)", ""},
	}
	e := scan.New(testSet(t), scan.Options{})
	for _, tt := range tests {
		if got := describe(e.Match(&scan.Chunk{Path: "a.txt", Data: []byte(withValue(tt.text)), Encoding: decode.Text})); got != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

func TestPairIdentity(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	fs := e.Match(&scan.Chunk{Data: []byte(withValue("id = KSTID102938\nkst_secret = $V"))})
	if len(fs) != 1 || fs[0].Severity != rules.Critical {
		t.Fatalf("got %s", describe(fs))
	}
}

// wide encodes ASCII text as UTF-16.
func wide(text string, enc decode.Encoding) []byte {
	var out []byte
	for _, c := range []byte(text) {
		if enc == decode.UTF16LE {
			out = append(out, c, 0)
		} else {
			out = append(out, 0, c)
		}
	}
	return out
}

func TestMatchUTF16(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	for _, enc := range []decode.Encoding{decode.UTF16LE, decode.UTF16BE} {
		for _, given := range []decode.Encoding{decode.Unknown, enc} {
			got := describe(e.Match(&scan.Chunk{Data: wide("line one\nb kst_bdgacfhe\n", enc), Encoding: given}))
			if want := "made-up-token@2:5+22"; got != want {
				t.Errorf("%v given as %v: got %q, want %q", enc, given, got, want)
			}
		}
	}
}

// TestWindows holds every way to cut a text into windows with enough context to
// the findings in the whole.
func TestWindows(t *testing.T) {
	text := []byte(withValue("kst_bdgacfhe\nx kst_hcfadgbe kst_abcaabcb\nid KSTID102938\nkst_secret $V\nkst_cfhaebgd"))
	e := scan.New(testSet(t), scan.Options{})
	want := describe(e.Match(&scan.Chunk{Path: "p", Data: text}))
	if strings.Count(want, "@") != 5 {
		t.Fatalf("findings in the whole: %s", want)
	}
	const context = 100
	for size := 1; size < 40; size++ {
		var got []scan.Finding
		for at := 0; at < len(text); at += size {
			lo, hi := max(0, at-context), min(len(text), at+size+context)
			before := text[:lo]
			base := scan.Position{
				Line: 1 + bytes.Count(before, []byte("\n")), Column: lo - bytes.LastIndexByte(before, '\n'), Byte: int64(lo),
			}
			got = append(got, e.Match(&scan.Chunk{
				Path: "p", Data: text[lo:hi], Base: base, Encoding: decode.Text,
				Lead: at - lo, Trail: hi - min(len(text), at+size),
			})...)
		}
		if d := describe(got); d != want {
			t.Errorf("windows of %d bytes: got %s, want %s", size, d, want)
		}
	}
}

type source []any // *scan.Chunk or error

func (s source) Chunks(context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		for _, x := range s {
			c, _ := x.(*scan.Chunk)
			err, _ := x.(error)
			if !yield(c, err) {
				return
			}
		}
	}
}

func manyChunks(n int) source {
	var src source
	for i := range n {
		text := strings.Repeat("\n", i%7) + "kst_bdgacfhe" + strings.Repeat(" kst_hcfadgbe", i%5)
		src = append(src, &scan.Chunk{Path: fmt.Sprint(i), Data: []byte(text)})
		if i%10 == 3 {
			src = append(src, &scan.Incomplete{Reason: "unreadable", Path: fmt.Sprint(i)})
		}
		if i%10 == 5 {
			src = append(src, &scan.Skipped{Reason: "binary", Path: fmt.Sprint(i)})
		}
	}
	return src
}

func TestScanOrder(t *testing.T) {
	run := func(workers int) string {
		var out strings.Builder
		e := scan.New(testSet(t), scan.Options{Workers: workers})
		for f, err := range e.Scan(context.Background(), manyChunks(500)) {
			if err != nil {
				fmt.Fprintln(&out, err)
				continue
			}
			fmt.Fprintln(&out, f.Path, f.Rule.ID, f.Start)
		}
		return out.String()
	}
	one := run(1)
	for _, workers := range []int{2, 8} {
		if got := run(workers); got != one {
			t.Errorf("%d workers give another sequence than one", workers)
		}
	}
}

func TestScanEarlyBreak(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{Workers: 4})
	n := 0
	for range e.Scan(context.Background(), manyChunks(2000)) {
		if n++; n == 10 {
			break
		}
	}
	if n != 10 {
		t.Errorf("saw %d, want 10", n)
	}
}

func TestScanCancelled(t *testing.T) {
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	e := scan.New(testSet(t), scan.Options{Workers: 2})
	n, last := 0, error(nil)
	for _, err := range e.Scan(ctx, manyChunks(5000)) {
		if n++; n == 5 {
			cancel(cause)
		}
		last = err
	}
	if !errors.Is(last, cause) || n >= 5000 {
		t.Errorf("after %d items the last error is %v, want %v", n, last, cause)
	}
}

func TestScanFatal(t *testing.T) {
	fatal := errors.New("disk on fire")
	src := append(manyChunks(3), fatal)
	var last error
	for _, err := range scan.New(testSet(t), scan.Options{Workers: 2}).Scan(context.Background(), append(src, manyChunks(3)...)) {
		last = err
	}
	if !errors.Is(last, fatal) {
		t.Errorf("last error %v, want %v", last, fatal)
	}
}

func TestAllow(t *testing.T) {
	var lines []string
	e := scan.New(testSet(t), scan.Options{Allow: func(path string, r *rules.Rule, line, before []byte) (*scan.Suppression, string) {
		lines = append(lines, path+"|"+r.ID+"|"+string(before)+"|"+string(line))
		return &scan.Suppression{By: "inline", Reason: "because"}, "hint"
	}})
	fs := e.Match(&scan.Chunk{Path: "p", Data: []byte("one\ntwo\nx kst_bdgacfhe y\nfour")})
	if len(fs) != 1 || fs[0].Suppressed == nil || fs[0].Hint != "hint" {
		t.Fatalf("got %+v", fs)
	}
	if want := "p|made-up-token|two|x kst_bdgacfhe y"; len(lines) != 1 || lines[0] != want {
		t.Errorf("asked with %q, want %q", lines, want)
	}
}

// TestSecretRedacts holds every way to print a secret to its redacted form,
// also where it is a field.
func TestSecretRedacts(t *testing.T) {
	const text = "kst_bdgacfhe"
	s := scan.NewSecret(text, 4)
	type outer struct {
		Exported scan.Secret
		hidden   scan.Secret
		pointer  *scan.Secret
	}
	o := outer{s, s, &s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", o)
		fmt.Fprintf(&out, verb+"\n", &o)
		fmt.Fprintf(&out, verb+"\n", []any{s, o, map[string]scan.Secret{"k": s}})
	}
	for _, v := range []any{s, o, &o, map[string]any{"a": s}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", s, "outer", o)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", s, "outer", o)
	for _, part := range []string{"bdg", "cfhe", "626467"} {
		if strings.Contains(out.String(), part) {
			t.Errorf("a part of the secret is printed:\n%s", out.String())
		}
	}
	if s.Reveal() != text || s.String() != "kst_…" || s.Len() != len(text) {
		t.Errorf("Reveal %q, String %q, Len %d", s.Reveal(), s.String(), s.Len())
	}
	if (scan.Secret{}).String() != "" || (scan.Secret{}).Reveal() != "" {
		t.Error("the zero Secret is not empty")
	}
}

// FuzzMatch states that a finding points at its secret, whatever the text.
func FuzzMatch(f *testing.F) {
	f.Add([]byte("a\nkst_bdgacfhe"), uint8(0))
	f.Add([]byte(withValue("KSTID102938\r\nkst_secret $V")), uint8(1))
	set, err := rules.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	engines := []*scan.Engine{scan.New(testSet(f), scan.Options{}), scan.New(set, scan.Options{})}
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		e := engines[int(which)%len(engines)]
		fs := e.Match(&scan.Chunk{Path: "p", Data: data, Encoding: decode.Text})
		lines := bytes.SplitAfter(data, []byte("\n"))
		for _, f := range fs {
			rest := append(lines[f.Start.Line-1][f.Start.Column-1:], bytes.Join(lines[f.Start.Line:], nil)...)
			if !bytes.HasPrefix(rest, []byte(f.Secret.Reveal())) {
				t.Errorf("%d:%d does not point at the secret", f.Start.Line, f.Start.Column)
			}
			if !bytes.HasPrefix(data[f.Start.Byte:], []byte(f.Secret.Reveal())) || f.End.Byte-f.Start.Byte != int64(f.Secret.Len()) {
				t.Errorf("bytes %d to %d do not point at the secret", f.Start.Byte, f.End.Byte)
			}
		}
		if again := e.Match(&scan.Chunk{Path: "p", Data: data, Encoding: decode.Text}); !reflect.DeepEqual(describe(again), describe(fs)) {
			t.Errorf("twice the same text: %s and %s", describe(fs), describe(again))
		}
	})
}

// TestMatchDelta holds what is found through an edit to what is found by
// reading the whole.
func TestMatchDelta(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	base := []byte("one\nkst_bdgacfhe\ntwo KSTID102938\nthree\n")
	added := withValue("kst_secret $V\n")
	at := bytes.Index(base, []byte("three"))
	next := append(append(append([]byte{}, base[:at]...), added...), base[at:]...)
	var baseTrace, tr scan.Trace
	if got := describe(e.MatchDelta(&scan.Chunk{Data: base}, scan.Delta{}, &baseTrace)); strings.Count(got, "@") != 2 {
		t.Fatalf("base: %s", got)
	}
	runs := []rules.Run{{Start: 0, Len: at, Base: 0}, {Start: at, Len: len(added), Base: -1}, {Start: at + len(added), Len: len(base) - at, Base: at}}
	got := describe(e.MatchDelta(&scan.Chunk{Data: next}, scan.Delta{Base: &baseTrace, Runs: runs}, &tr))
	if want := describe(e.Match(&scan.Chunk{Data: next})); got != want || strings.Count(want, "@") != 2 {
		t.Errorf("got %s, want %s", got, want)
	}
	// A text in UTF-16 leaves no trace for its deltas.
	if e.MatchDelta(&scan.Chunk{Data: wide("kst_bdgacfhe", decode.UTF16LE)}, scan.Delta{Base: &baseTrace, Runs: runs}, &tr); len(e.MatchDelta(&scan.Chunk{Data: base}, scan.Delta{Base: &tr, Runs: []rules.Run{{Len: len(base), Base: 0}}}, &baseTrace)) != 2 {
		t.Error("findings lost behind a base in UTF-16")
	}
}

// withValue puts a value that looks random for $V.
func withValue(text string) string {
	return strings.ReplaceAll(text, "$V", strings.ToLower(madeUp(20, 5)))
}
