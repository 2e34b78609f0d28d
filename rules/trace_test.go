package rules

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// edit makes a text from base by copying and inserting at random, and returns
// it with its runs.
func edit(rnd *rand.Rand, base []byte, words []string) ([]byte, []Run) {
	var text []byte
	var runs []Run
	for n := rnd.IntN(8); n >= 0; n-- {
		if rnd.IntN(3) > 0 && len(base) > 0 {
			at := rnd.IntN(len(base))
			size := 1 + rnd.IntN(len(base)-at)
			if rnd.IntN(4) == 0 {
				at, size = 0, len(base)
			}
			runs = append(runs, Run{len(text), size, at})
			text = append(text, base[at:at+size]...)
			continue
		}
		word := words[rnd.IntN(len(words))]
		if word != "" {
			runs = append(runs, Run{len(text), len(word), -1})
			text = append(text, word...)
		}
		if len(text) > 5000 {
			break
		}
	}
	return text, runs
}

// TestLookDelta holds what is seen through an edit to what is seen by reading,
// over chains of random edits.
func TestLookDelta(t *testing.T) {
	set := builtin(t)
	words := []string{"", " ", "\n", "x", "ghp_", "gh", "p_", "glpat-", "-----", "xoxb-1", "api", "_", "test_",
		"0123456789abcdef0123456789abcdef", "AKIA", "KIA", "https://hooks.slack.com/", "/services/T", "long_token_0f_many_parts_and_bytes", "a1b2c3d4e5"}
	for seed := range uint64(4000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		m := set.NewMatcher()
		var base, want Trace
		text := []byte("ghp_ start of long_token_of_many_parts_and_bytes xoxb-1\n")
		m.Look(text, &base)
		for step := range 5 {
			next, runs := edit(rnd, text, words)
			got := Trace{}
			m.LookDelta(next, runs, &base, &got)
			m.Look(next, &want)
			for i := range want.hits {
				if !equalSpans(got.hits[i], want.hits[i]) || !equalSpans(got.values, want.values) {
					t.Fatalf("seed %d step %d: runs %v of %q to %q:\n got %v\nwant %v", seed, step, runs, text, next, got, want)
				}
			}
			text, base = next, got
		}
	}
}

// TestTryDelta holds the matches in a text that was made by chains of random edits,
// of which what came to nothing is not tried again, to those of a fresh look.
func TestTryDelta(t *testing.T) {
	set := builtin(t)
	words := []string{" ", "\n", "\n\n\n\n", "x", "Q~", ".v1.", "airtable ", "datadog", " azure = ", "token: ", "password=", "api_key = \"", "\"",
		"https://", "user:", "@host.example/", "account_sid", "twilio", "a1b2c3d4e5f60718", "293a4b5c6d7e8f90", "0123456789abcdef",
		"a word or two of prose, which says nothing at all\n", "a3f", "8Q~", "AKIA", "SK", "\\n", "%3D"}
	matches, quiet := 0, 0
	for seed := range uint64(3000) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		fresh, m := set.NewMatcher(), set.NewMatcher()
		var base, got Trace
		text := []byte("password: start\n")
		m.Look(text, &base)
		settleWords(m.Try("a.txt", text, true, &base), &base)
		for step := range 8 {
			next, runs := edit(rnd, text, words)
			m.LookDelta(next, runs, &base, &got)
			quiet += known(&got)
			have := slices.Clone(m.Try("a.txt", next, true, &got))
			want := slices.DeleteFunc(slices.Clone(fresh.Find("a.txt", next, true)), func(w Match) bool {
				return isWord(&w) && !slices.ContainsFunc(have, func(h Match) bool { return h.Rule == w.Rule && h.Start == w.Start && h.End == w.End })
			})
			if !slices.EqualFunc(have, want, sameMatch) {
				t.Fatalf("seed %d step %d: runs %v of %q to %q:\n got %v\nwant %v", seed, step, runs, text, next, have, want)
			}
			settleWords(have, &got)
			matches += len(want)
			text, base, got = next, got, base
		}
	}
	if matches < 1000 || quiet < 10000 {
		t.Errorf("%d matches and %d places not tried again, want enough of both to say something", matches, quiet)
	}
}

// settleWords settles the words, as if nothing had come of them.
func settleWords(matches []Match, tr *Trace) {
	for i := range matches {
		if m := &matches[i]; isWord(m) {
			tr.SettleWord(m, m.Start, m.End)
		}
	}
	for n, at := range tr.Unsettled() {
		tr.SettleValue(n, at, at+1)
	}
}

func isWord(m *Match) bool { return m.Bits == AnyBits }

func sameMatch(a, b Match) bool {
	return a.Rule == b.Rule && a.Start == b.Start && a.End == b.End && a.SecretStart == b.SecretStart && a.SecretEnd == b.SecretEnd
}

// known counts the places of which nothing comes.
func known(tr *Trace) (n int) {
	for _, hits := range tr.hits {
		for _, h := range hits {
			if h.reach.known() {
				n++
			}
		}
	}
	for _, v := range tr.values {
		if v.settled {
			n++
		}
	}
	return n
}

func equalSpans[T any](a, b []T) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

func BenchmarkLookDelta(b *testing.B) {
	text := sourceText(b)[:100_000]
	m := builtin(b).NewMatcher()
	var base, tr Trace
	m.Look(text, &base)
	next := append(append(append([]byte{}, text[:50_000]...), "one more line\n"...), text[50_000:]...)
	runs := []Run{{0, 50_000, 0}, {50_000, 14, -1}, {50_014, 50_000, 50_000}}
	b.SetBytes(int64(len(next)))
	b.ReportAllocs()
	for b.Loop() {
		m.LookDelta(next, runs, &base, &tr)
		m.Try("a.go", next, true, &tr)
	}
}

func TestOtherBytes(t *testing.T) {
	in := valueBytes()
	for c := range 256 {
		for at := range 8 {
			w := uint64(0x6161616161616161)&^(0xff<<(8*at)) | uint64(c)<<(8*at)
			want := uint64(0)
			if !in[c] {
				want = 0x80 << (8 * at)
			}
			if got := otherBytes(w); got != want {
				t.Fatalf("%#x: got %#x, want %#x", w, got, want)
			}
		}
	}
}

func TestLooksRandom(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"GetObjectMetaAccessor", false}, {"io/kubernetes/pkg/apis/v1beta1", false}, {"VMOVDQU64Masked128", false},
		{"a_long_snake_case_identifier_2", false}, {"thequickbrownfoxjumps", false}, {"20240301100000000000", false},
		{"a1b2c3d4e5f6a7b8", true}, {"service_token_a1b2c3d4e5f6a7b8", true}, {"xK9fQ2mW7pL4vR8t", true},
	}
	m := new(Set).NewMatcher()
	for _, tt := range tests {
		if got := m.looksRandom([]byte(tt.text)); got != tt.want {
			t.Errorf("%q: %v, want %v", tt.text, got, tt.want)
		}
	}
}

// TestLooksRandomRates holds the test for random runs to what rules rely on:
// hardly any credential is missed, and source text has few runs that pass.
func TestLooksRandomRates(t *testing.T) {
	const lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	tests := []struct {
		name, alphabet   string
		of16, of20, of32 float64 // least part of the strings of a length that pass
	}{
		{"hexadecimal", digits + "abcdef", .97, .99, .999},
		{"upper-case hexadecimal", digits + "ABCDEF", .97, .99, .999},
		{"lower case and digits", lower + digits, .97, .99, .999},
		{"upper case and digits", upper + digits, .97, .99, .999},
		{"base32", upper + "234567", .97, .99, .999},
		{"letters", lower + upper, .97, .99, .999},
		{"letters and digits", lower + upper + digits, .97, .99, .999},
		{"base64", lower + upper + digits + "+/", .97, .99, .999},
		{"base64 for URLs", lower + upper + digits + "-_", .97, .99, .999},
		{"lower case", lower, .94, .98, .999},
		{"upper case", upper, .94, .98, .999},
	}
	m := new(Set).NewMatcher()
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, tt := range tests {
		for size, want := range map[int]float64{16: tt.of16, 20: tt.of20, 32: tt.of32} {
			const tries = 5000
			passed := 0
			for range tries {
				run := make([]byte, size)
				for i := range run {
					run[i] = tt.alphabet[rnd.IntN(len(tt.alphabet))]
				}
				if m.looksRandom(run) {
					passed++
				}
			}
			if got := float64(passed) / tries; got < want {
				t.Errorf("%s, %d bytes: %.3f pass, want %.3f", tt.name, size, got, want)
			}
		}
	}
	text := sourceText(t)
	if got := len(m.valuesIn(text, 0, len(text), nil)); got > len(text)/2000 {
		t.Errorf("%d values in %d bytes of source, want at most one in 2,000", got, len(text))
	}
}

// TestValuesIn holds the values found block by block to those found byte by byte.
func TestValuesIn(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m := set.NewMatcher()
	rng := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 3000 {
		var text []byte
		for range 1 + rng.IntN(12) {
			for range rng.IntN(40) * rng.IntN(4) {
				text = append(text, "abcXYZ0189_-+/="[rng.IntN(15)])
			}
			text = append(text, ".,: \n\"\x80{"[rng.IntN(8)])
		}
		from := rng.IntN(8) // of a run that is not cut
		for from > 0 && (from > len(text) || m.value[text[from-1]] || from < len(text) && text[from] == '=') {
			from--
		}
		got := m.valuesIn(text, from, len(text), nil)
		var want []valueSpan
		for i := from; i < len(text); i++ {
			start := i
			for i < len(text) && m.value[text[i]] {
				i++
			}
			end := i
			for end < len(text) && text[end] == '=' {
				end++
			}
			if i-start >= minValue && m.looksRandom(text[start:end]) {
				want = append(want, valueSpan{start: int32(start), end: int32(end)})
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q from %d: values %v, want %v", text, from, got, want)
		}
		found += len(got)
	}
	if found < 1000 {
		t.Errorf("%d values, want so many that the test says something", found)
	}
}
