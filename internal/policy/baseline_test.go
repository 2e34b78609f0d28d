package policy

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func fingerprintOf(n int) string { return fmt.Sprintf("ks1-%032x", n) }

func newTestBaseline(t testing.TB) *Baseline {
	t.Helper()
	b, err := NewBaseline("b.json", nil, bytes.NewReader(make([]byte, 16)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBaselineFormat(t *testing.T) {
	b := newTestBaseline(t)
	b.Add(
		Entry{Fingerprint: fingerprintOf(2), Rule: "r", Path: "b", Status: "accepted", Added: "2030-01-01"},
		Entry{Fingerprint: fingerprintOf(1), Rule: "r", Path: "a/ä<&>\"", Status: "test", Reason: "made up", Expires: "2031-12-31", Added: "2030-01-01"},
		Entry{Fingerprint: fingerprintOf(2), Rule: "other", Path: "c", Status: "test"},
	)
	got, err := b.Format()
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "schema": 1,
  "salt": [0, 0, 0, 0],
  "findings": [
    {"fingerprint":"ks1-00000000000000000000000000000001","rule":"r","path":"a/ä<&>\"","status":"test","reason":"made up","expires":"2031-12-31","added":"2030-01-01"},
    {"fingerprint":"ks1-00000000000000000000000000000002","rule":"r","path":"b","status":"accepted","added":"2030-01-01"}
  ]
}
`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	empty := newTestBaseline(t)
	if got, err := empty.Format(); err != nil || string(got) != "{\n  \"schema\": 1,\n  \"salt\": [0, 0, 0, 0],\n  \"findings\": []\n}\n" {
		t.Errorf("an empty one is\n%s (%v)", got, err)
	}
}

// TestBaselineKeepsOrder: what is there stays where it is, in whatever order,
// and what is new goes where it belongs; the outcome does not depend on the
// order in which it comes.
func TestBaselineKeepsOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		b := newTestBaseline(t)
		var old []string
		for range random.IntN(6) {
			b.Add(Entry{Fingerprint: fingerprintOf(random.IntN(1000)), Path: string(rune('a' + random.IntN(5))), Status: "test"})
		}
		random.Shuffle(len(b.Entries), func(i, j int) { b.Entries[i], b.Entries[j] = b.Entries[j], b.Entries[i] })
		b.set(b.Entries)
		for _, e := range b.Entries {
			old = append(old, e.Fingerprint)
		}
		var fresh []Entry
		for n := range 1 + random.IntN(6) {
			fresh = append(fresh, Entry{Fingerprint: fingerprintOf(2000 + n), Path: string(rune('a' + random.IntN(5))), Status: "test"})
		}
		again := newTestBaseline(t)
		again.Add(b.Entries...)
		again.set(append([]Entry(nil), b.Entries...))
		b.Add(fresh...)
		random.Shuffle(len(fresh), func(i, j int) { fresh[i], fresh[j] = fresh[j], fresh[i] })
		again.Add(fresh...)
		x, _ := b.Format()
		y, _ := again.Format()
		if !bytes.Equal(x, y) {
			t.Fatalf("the order of arrival shows:\n%s\n%s", x, y)
		}
		var kept []string
		for _, e := range b.Entries {
			if e.Fingerprint < fingerprintOf(2000) {
				kept = append(kept, e.Fingerprint)
			}
		}
		if strings.Join(kept, " ") != strings.Join(old, " ") {
			t.Fatalf("the order was %q and is %q", old, kept)
		}
	}
}

func TestBaselineErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"schema": 1, "findings": [}`, `b.json:1: invalid character '}' looking for beginning of value`},
		{"{\"schema\": 1,\n\"colour\": 1}", `b.json:2: unknown key "colour"`},
		{"{\"schema\": 1,\n\"findings\": [\n{\"finger\": 1}]}", `b.json:3: unknown key "finger"`},
		{`{"schema": 2}`, `b.json: schema is 2, this version of keysift reads 1`},
		{`[]`, `b.json:1: the file is a array`},
		{`{"schema": 1, "salt": [1]}`, `b.json: salt has 1 numbers, want 4`},
		{`{"schema": 1} x`, `b.json:1: something follows the end`},
		{"{\"schema\": 1,\n\"findings\": [{\"fingerprint\": \"x\", \"status\": \"test\"}]}", `b.json:2: finding 1: "x" is no fingerprint; one looks like ks1- and 32 hexadecimal digits`},
		{"{\"schema\": 1,\n\"findings\": [{\"fingerprint\": \"" + fingerprintOf(1) + "\", \"status\": \"fine\"}]}", `b.json:2: finding 1: unknown status "fine", want one of false-positive, test, revoked, accepted`},
		{"{\"schema\": 1,\n\"findings\": [{\"fingerprint\": \"" + fingerprintOf(1) + "\", \"status\": \"test\", \"expires\": \"soon\"}]}", `b.json:2: finding 1: "soon" is no date; write for example 2031-12-31`},
	} {
		_, err := ParseBaseline("b.json", []byte(tt.text))
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestBaselineKey: a baseline made with a key has no salt and names the key
// without giving it away.
func TestBaselineKey(t *testing.T) {
	key := []byte(strings.Repeat("k", 32))
	b, err := NewBaseline("b.json", key, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Format()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseBaseline("b.json", text)
	if err != nil || again.KeyID != KeyID(key) || again.Salt != nil {
		t.Errorf("%s: got %+v (%v)", text, again, err)
	}
	if len(KeyID(key)) != 8 || KeyID(key) == KeyID([]byte("another")) {
		t.Errorf("the id of the key is %q", KeyID(key))
	}
}

func TestNewBaselinesDiffer(t *testing.T) {
	a, err := NewBaseline("a", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBaseline("b", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Salt) != 16 || bytes.Equal(a.Salt, b.Salt) {
		t.Errorf("salts are %x and %x", a.Salt, b.Salt)
	}
}

// FuzzBaseline: what is read is written as it was read, and a second time byte
// for byte.
func FuzzBaseline(f *testing.F) {
	f.Add(`{"schema": 1, "salt": [1, 2, 3, 4], "findings": [{"fingerprint": "` + fingerprintOf(1) + `", "status": "test", "path": "a"}]}`)
	f.Add(`{"schema": 1, "key_id": "00000000"}`)
	f.Add("{\n  \"schema\": 1,\n  \"findings\": [\n    {\"fingerprint\":\"" + fingerprintOf(1) + "\",\"status\":\"test\",\"added\":\"2030-01-01\"},\n    {\"fingerprint\":\"" + fingerprintOf(2) + "\",\"status\":\"test\"}\n  ]\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBaseline("b", []byte(text))
		if err != nil {
			return
		}
		if fast, ok := decodeWritten([]byte(text)); ok {
			slow, err := decodeBaseline("b", []byte(text))
			if err != nil || !reflect.DeepEqual(fast, slow) {
				t.Errorf("%q: read fast %+v, slowly %+v (%v)", text, fast, slow, err)
			}
		}
		once, err := b.Format()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseBaseline("b", once)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, once, err)
		}
		if twice, err := again.Format(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q: first %q, then %q (%v)", text, once, twice, err)
		}
		again.Add(b.Entries...)
		if third, err := again.Format(); err != nil || !bytes.Equal(once, third) {
			t.Errorf("%q: adding what is there changes it to %q (%v)", text, third, err)
		}
	})
}

func largeBaseline(tb testing.TB, n int) []byte {
	tb.Helper()
	b := newTestBaseline(tb)
	var entries []Entry
	for i := range n {
		entries = append(entries, Entry{Fingerprint: fingerprintOf(i), Rule: "github-personal-access-token", Path: fmt.Sprintf("services/%d/config/app.env", i), Status: "accepted", Reason: "known when the baseline was made", Added: "2030-01-01"})
	}
	b.Add(entries...)
	text, err := b.Format()
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// BenchmarkBaseline reads 10,000 entries, which is to cost 50 ms at most.
func BenchmarkBaseline(b *testing.B) {
	text := largeBaseline(b, 10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseBaseline("b", text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestExpired(t *testing.T) {
	now := time.Date(2030, 6, 15, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		day  string
		want bool
	}{{"", false}, {"2030-06-14", true}, {"2030-06-15", false}, {"2030-06-16", false}} {
		if got := expired(tt.day, now); got != tt.want {
			t.Errorf("expired(%q) = %v, want %v", tt.day, got, tt.want)
		}
	}
}
