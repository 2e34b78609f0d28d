package scan_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func gz(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // memory takes it
	_ = w.Close()
	return b.String()
}

func each(format, s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// describeDecoded says what was found, where, and how it was encoded.
func describeDecoded(fs []scan.Finding) string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("%s %s %d:%d+%d-%d %v", f.Rule.ID, f.Secret.Reveal(), f.Start.Line, f.Start.Column, f.Start.Byte, f.End.Byte, f.Decoded))
	}
	return strings.Join(out, "\n")
}

const sample = "kst_bdgacfhe"

// TestDecoded holds what is found in encoded text to the value, the place of
// its encoded form, and the encodings.
func TestDecoded(t *testing.T) {
	const token = sample
	named := "the key is: " + token
	tests := []struct {
		name, path, text string
		at               string // encoded form of the token
		decoded          string
	}{
		{"base64", "a.go", `k := "` + b64(named) + `"`, b64(token), "base64"},
		{"base64 for URLs", "a.go", `k := "` + base64.RawURLEncoding.EncodeToString([]byte("???>>> "+token)) + `"`, "", "base64"},
		{"base64 twice", "a.txt", "k " + b64(b64(named+" and more of it")), "", "base64 base64"},
		{"base64 of gzip", "a.txt", "k " + b64(gz(named)), strings.TrimRight(b64(gz(named)), "="), "base64 gzip"},
		{"hex", "a.go", "k = " + hex.EncodeToString([]byte(named)), hex.EncodeToString([]byte(token)), "hex"},
		{"percent", "a.go", "http://host/?q=" + each("%%%02X", "x="+token), each("%%%02X", token), "percent"},
		{"unicode", "a.js", "k = '" + each(`\u%04x`, token) + "'", each(`\u%04x`, token), "unicode"},
		{"html", "a.html", "<p>" + each("&#%d;", token) + "</p>", each("&#%d;", token), "html"},
		{"quoted-printable", "a.eml", "the key is " + each("=%02X", token) + "\n", each("=%02X", token), "quoted-printable"},
		{"kubernetes", "s.yaml", "kind: Secret\ndata:\n  k: " + b64(token) + "\n", b64(token), "base64"},
		{"base64 of percent", "a.txt", "k " + b64("a query: ?q=%6Bst_bdgacfhe&"), "", "base64 percent"},
	}
	e := scan.New(testSet(t), scan.Options{})
	for _, tt := range tests {
		for _, before := range []string{"", "first line\nsecond "} {
			text := before + tt.text
			got := e.Match(&scan.Chunk{Path: tt.path, Data: []byte(text)})
			if len(got) != 1 || got[0].Secret.Reveal() != token || strings.Join(got[0].Decoded, " ") != tt.decoded {
				t.Errorf("%s: %q: got %s, want the token from %s", tt.name, text, describeDecoded(got), tt.decoded)
				continue
			}
			f := got[0]
			if at := strings.Index(text, tt.at); tt.at != "" && (f.Start.Byte != int64(at) || f.End.Byte != int64(at+len(tt.at))) {
				t.Errorf("%s: %q: at %d-%d, want %d-%d", tt.name, text, f.Start.Byte, f.End.Byte, at, at+len(tt.at))
			}
			line := text[:f.Start.Byte]
			if want := strings.Count(line, "\n") + 1; f.Start.Line != want || f.Start.Column != len(line)-strings.LastIndexByte(line, '\n') {
				t.Errorf("%s: %q: at %d:%d of byte %d", tt.name, text, f.Start.Line, f.Start.Column, f.Start.Byte)
			}
		}
	}
	off := scan.New(testSet(t), scan.Options{DecodeDepth: -1})
	for _, tt := range tests {
		if got := off.Match(&scan.Chunk{Path: tt.path, Data: []byte(tt.text)}); len(got) > 0 {
			t.Errorf("%s: found though decoding is off: %s", tt.name, describeDecoded(got))
		}
	}
}

// TestDecodedOnce holds a secret that is found in several ways to one finding.
func TestDecodedOnce(t *testing.T) {
	e := scan.New(judgedSet(t), scan.Options{})
	value := madeUp(24, 5)
	tests := []struct {
		name, path, text, secret, decoded string
	}{
		{"plain in an escaped string", "a.go", `x := "{\"password\": \"` + value + `\"}"`, value, ""},
		{"plain beside an escape", "a.json", `{"password": "` + value + `", "u": "a\u0026b"}`, value, ""},
		{"in a literal of a literal", "a.map", `{"a": "{\"b\": \"password = \\\"` + value + `\\\"\"}"}`, value, ""},
		{"assigned base64", "a.yaml", "password: " + b64(value) + "\n", value, "base64"},
		{"password in a URL", "a.env", "URL=https://user:" + value + "%40x@host.example.org/db\n", value + "@x", "percent"},
		{"kubernetes", "s.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  password: " + b64(value) + "\n", value, "base64"},
	}
	for _, tt := range tests {
		got := e.Match(&scan.Chunk{Path: tt.path, Data: []byte(tt.text)})
		if len(got) != 1 || got[0].Secret.Reveal() != tt.secret || strings.Join(got[0].Decoded, " ") != tt.decoded {
			t.Errorf("%s: %q: got %s, want %s once, from %q", tt.name, tt.text, describeDecoded(got), tt.secret, tt.decoded)
		}
	}
}

// A comment counts where the encoded text stands.
func TestDecodedAllow(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{Allow: func(_ string, _ *rules.Rule, line, before []byte) (*scan.Suppression, string) {
		if bytes.Contains(line, []byte("# allow")) || bytes.Contains(before, []byte("# allow")) {
			return &scan.Suppression{By: "inline"}, ""
		}
		return nil, ""
	}})
	hidden := b64("the key is: " + sample)
	for text, want := range map[string]bool{
		"a\nk " + hidden + " # allow\n": true, "# allow\nk " + hidden: true, "k " + hidden + "\n# allow": false,
		"k " + b64("the key is: "+sample+" # allow"): false,
	} {
		fs := e.Match(&scan.Chunk{Path: "a.txt", Data: []byte(text)})
		if len(fs) != 1 || (fs[0].Suppressed != nil) != want {
			t.Errorf("%q: got %s, suppressed %v, want %v", text, describeDecoded(fs), len(fs) > 0 && fs[0].Suppressed != nil, want)
		}
	}
}

// Secrets that were compressed together have one place, and are not one.
func TestDecodedPacked(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	text := "k " + b64(gz("one "+sample+"\ntwo kst_hcfadgbe\nagain "+sample+"\n"))
	got := e.Match(&scan.Chunk{Path: "a.txt", Data: []byte(text)})
	if len(got) != 2 || got[0].Secret.Equal(got[1].Secret) || got[0].Start != got[1].Start {
		t.Errorf("got %s", describeDecoded(got))
	}
}

// What is nested too deep is told: as a limit of the user's if he has set one.
func TestDecodedDepth(t *testing.T) {
	text := "the key is: " + sample
	for range 50 {
		if text = b64(text); len(text) > 1<<20 {
			break
		}
	}
	for depth, want := range map[int]string{0: "incomplete", 5: "skipped"} {
		e := scan.New(testSet(t), scan.Options{DecodeDepth: depth})
		got := ""
		c := &scan.Chunk{Path: "a.txt", Data: []byte(text), Report: func(err error) {
			switch err := err.(type) {
			case *scan.Incomplete:
				got += "incomplete"
			case *scan.Skipped:
				got += "skipped"
			default:
				t.Errorf("reported %v", err)
			}
		}}
		if fs := e.Match(c); len(fs) > 0 || got != want {
			t.Errorf("depth %d: %d findings, %q, want %q", depth, len(fs), got, want)
		}
	}
}

// encodings are ways to hide a token in a line or a few.
func encodings() []func(string) string {
	return []func(string) string{
		func(s string) string { return s },
		func(s string) string { return `"` + b64(s) + `"` },
		func(s string) string { return b64(b64(s)) },
		func(s string) string { return b64(gz(s + " and what else there is in it")) },
		func(s string) string { return hex.EncodeToString([]byte(s)) },
		func(s string) string { return "http://host/path?q=" + each("%%%02X", s) + "&r=1" },
		func(s string) string { return each(`\u%04x`, s) },
		func(s string) string { return `{\"name\": \"` + s + `\", \"u\": \"a\u0026b\"}` },
		func(s string) string { return "kind: Secret\ndata:\n  name: " + b64(s) + "\n  other: YWJj\n---" },
		func(s string) string { return strings.Join(chop(b64(strings.Repeat("some text ", 30)+s), 76), "\n") },
	}
}

func chop(s string, n int) (out []string) {
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}

// hidden returns lines of text with tokens in them, encoded and not.
func hidden(rnd *rand.Rand, lines int) []byte {
	var b bytes.Buffer
	ways := encodings()
	for range lines {
		switch rnd.IntN(12) {
		case 0:
			body := []byte("abcdefgh")
			rnd.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
			fmt.Fprintf(&b, "name: %s\n", ways[rnd.IntN(len(ways))]("the key is kst_"+string(body)))
		case 1:
			fmt.Fprintf(&b, "%s%d\n", strings.Repeat("pkg/of/a_path ", rnd.IntN(20)), rnd.Int())
		default:
			fmt.Fprintf(&b, "%sline %d of some text\n", strings.Repeat(" ", rnd.IntN(9)), rnd.IntN(1000))
		}
	}
	return b.Bytes()
}

// TestDecodedWindows holds windows of a text to the findings in the whole.
func TestDecodedWindows(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		text := hidden(rnd, 20_000)
		want := describeDecoded(e.Match(&scan.Chunk{Path: "a.yaml", Data: text, Encoding: decode.Text}))
		if n := strings.Count(want, "["); n < 1000 {
			t.Fatalf("seed %d: %d findings in the whole", seed, n)
		}
		var got []scan.Finding
		for at := 0; at < len(text); {
			size := 1 + rnd.IntN(200_000)
			got = append(got, e.Match(windowOf("a.yaml", text, at, min(at+size, len(text))))...)
			at += size
		}
		compareLines(t, fmt.Sprint("seed ", seed), describeDecoded(got), want)
	}
}

// TestDecodedWindowsLong holds windows of encoded text that goes on for longer
// than they do to the findings in the whole.
func TestDecodedWindowsLong(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	rnd := rand.New(rand.NewPCG(4, 9))
	tok := func() string {
		body := []byte("abcdefgh")
		rnd.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
		return "kst_" + string(body)
	}
	var sb strings.Builder
	for sb.Len() < 250_000 {
		fmt.Fprintf(&sb, "some text %d and then\n", rnd.IntN(100000))
		if rnd.IntN(10) == 0 {
			fmt.Fprintf(&sb, "the key: %s\n", tok())
		}
	}
	plain := sb.String()
	dense := func(f string) string {
		var sb strings.Builder
		for sb.Len() < 350_000 {
			v := "abc"
			if rnd.IntN(10) == 0 {
				v = tok()
			}
			fmt.Fprintf(&sb, f, v)
		}
		return sb.String()
	}
	for name, text := range map[string]string{
		"one line":    "x: " + b64(plain) + "\nend",
		"lines 76":    "x:\n" + strings.Join(chop(b64(plain), 76), "\n") + "\nend",
		"lines 70":    "x:\n" + strings.Join(chop(b64(plain), 70), "\n") + "\nend",
		"two levels":  "x: " + b64(b64(plain)) + "\nend",
		"hex":         "x: " + each("%02x", plain) + "\nend",
		"percent":     "x: " + dense("a=%%6b%s%%26%%41"),
		"json line":   "x: " + dense(`{\"name\": \"%s\", \"u\": \"a\u0026b\"},`),
		"json quoted": "x: " + dense(`"a": "{\"name\": \"\u006b%s\"}", `),
		"json lines":  "x: " + dense(`"a": "{\"name\": \"\u006b%s\"}", `+"\n"),
		"html":        "x: " + dense("<b>&#65;%s&quot;x&#x41;</b>"),
		"k8s":         dense("kind: Secret\ndata:\n  a: YWJj\n  b: %s\n---\n"),
		"k8s2":        dense("kind: Secret\ndata:\n  a: " + b64("kst_bdgacfhe") + "\n  b: %s\n"),
	} {
		for _, path := range []string{"a.yaml", "a.html"} {
			b := []byte(text)
			want := describeDecoded(e.Match(&scan.Chunk{Path: path, Data: b, Encoding: decode.Text}))
			var got []scan.Finding
			for at := 0; at < len(b); {
				size := 100_001 + rnd.IntN(3) // any phase
				got = append(got, e.Match(windowOf(path, b, at, min(at+size, len(b))))...)
				at += size
			}
			if n := strings.Count(want, "["); n < 100 {
				t.Errorf("%s: %s: %d findings in the whole", name, path, n)
			}
			compareLines(t, name+" "+path, describeDecoded(got), want)
		}
	}
}

// windowOf returns the part of a text that owns text[from:to].
func windowOf(path string, text []byte, from, to int) *scan.Chunk {
	lo, hi := max(0, from-scan.Margin), min(len(text), to+scan.Margin)
	before := text[:lo]
	return &scan.Chunk{
		Path: path, Data: text[lo:hi], Encoding: decode.Text, Lead: from - lo, Trail: hi - to,
		Base: scan.Position{
			Line: 1 + bytes.Count(before, []byte("\n")), Column: lo - bytes.LastIndexByte(before, '\n'), Byte: int64(lo),
		},
	}
}

func compareLines(t *testing.T, what, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Errorf("%s: %d findings, want %d; finding %d is\n%s\nwant\n%s", what, len(g), len(w), i,
				strings.Join(g[min(i, len(g)):min(i+2, len(g))], "\n"), strings.Join(w[min(i, len(w)):min(i+2, len(w))], "\n"))
			return
		}
	}
}

// TestDecodedDelta holds what is found through edits to what is found by reading
// the whole, over chains of edits and under two paths.
func TestDecodedDelta(t *testing.T) {
	e := scan.New(testSet(t), scan.Options{})
	for seed := range uint64(30) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		text := hidden(rnd, 200)
		var base scan.Trace
		e.MatchDelta(&scan.Chunk{Path: "a.yaml", Data: text}, scan.Delta{}, &base)
		for step := range 20 {
			next, runs := edited(rnd, text)
			c := &scan.Chunk{Path: []string{"a.yaml", "a.html"}[step/10], Data: next, Encoding: decode.Text}
			var tr scan.Trace
			got := describeDecoded(e.MatchDelta(c, scan.Delta{Base: &base, Runs: runs}, &tr))
			compareLines(t, fmt.Sprintf("seed %d step %d", seed, step), got, describeDecoded(e.Match(c)))
			text, base = next, tr
		}
	}
}

// edited returns a text made from base by a few edits, and its runs.
func edited(rnd *rand.Rand, base []byte) (text []byte, runs []rules.Run) {
	at := 0
	for range 1 + rnd.IntN(3) {
		if end := at + rnd.IntN(len(base)-at+1); end > at {
			runs = append(runs, rules.Run{Start: len(text), Len: end - at, Base: at})
			text, at = append(text, base[at:end]...), end
		}
		if rnd.IntN(3) > 0 {
			insert := hidden(rnd, 1+rnd.IntN(5))
			insert = insert[rnd.IntN(len(insert)):]
			runs = append(runs, rules.Run{Start: len(text), Len: len(insert), Base: -1})
			text = append(text, insert...)
		}
		at += rnd.IntN(min(200, len(base)-at) + 1)
	}
	if at < len(base) {
		runs = append(runs, rules.Run{Start: len(text), Len: len(base) - at, Base: at})
		text = append(text, base[at:]...)
	}
	return text, runs
}

// FuzzDecoded states that a finding lies within the text, and that the same text
// gives the same findings whole, as a window, and as a copy of itself.
func FuzzDecoded(f *testing.F) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for _, way := range encodings() {
		f.Add([]byte("name: " + way("the key is "+sample)))
		f.Add(hidden(rnd, 10))
	}
	set, err := rules.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	engines := []*scan.Engine{scan.New(testSet(f), scan.Options{}), scan.New(set, scan.Options{})}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, path := range []string{"a.yaml", "a.html", "a.ipynb"} {
			for i, e := range engines {
				fs := e.Match(&scan.Chunk{Path: path, Data: text, Encoding: decode.Text})
				for _, f := range fs {
					if f.Start.Byte < 0 || f.End.Byte < f.Start.Byte || f.End.Byte > int64(len(text)) {
						t.Errorf("engine %d: a finding from %d to %d of %d bytes", i, f.Start.Byte, f.End.Byte, len(text))
					}
					if plain := string(text[f.Start.Byte:f.End.Byte]); (plain == f.Secret.Reveal()) != (len(f.Decoded) == 0) {
						t.Errorf("engine %d: %q stands for %q, decoded from %v", i, plain, f.Secret.Reveal(), f.Decoded)
					}
				}
				want := describeDecoded(fs)
				var base, tr scan.Trace
				if got := describeDecoded(e.MatchDelta(&scan.Chunk{Path: path, Data: text, Encoding: decode.Text}, scan.Delta{}, &base)); got != want {
					t.Errorf("engine %d: traced %s, want %s", i, got, want)
				}
				same := scan.Delta{Base: &base, Runs: []rules.Run{{Len: len(text)}}}
				if got := describeDecoded(e.MatchDelta(&scan.Chunk{Path: path, Data: text, Encoding: decode.Text}, same, &tr)); got != want {
					t.Errorf("engine %d: as a copy %s, want %s", i, got, want)
				}
			}
		}
	})
}
