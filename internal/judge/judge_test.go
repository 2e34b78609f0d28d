package judge

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomText returns n characters of the alphabet, the same for the same seed.
func randomText(seed uint64, alphabet string, n int) string {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

const (
	hexDigits = "0123456789abcdef"
	alphanum  = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// best returns the highest score on the last line of text.
func best(j *Judge, path, text string) float64 {
	start := strings.LastIndexByte(text, '\n') + 1
	score := 0.0
	for _, c := range j.Candidates(nil, FamilyOf(path), []byte(text), start, len(text)) {
		score = max(score, j.Score([]byte(text), &c))
	}
	return score
}

func TestScore(t *testing.T) {
	j := Default()
	random := randomText(7, alphanum, 32)
	tests := []struct {
		name, path, text string
		want             Level
		atMost           bool
	}{
		{"random secret", "a.py", `client_secret = "` + random + `"`, LevelMedium, false},
		{"random password", "a.yml", `db_password: ` + randomText(3, alphanum, 14), LevelMedium, false},
		{"word password", "config.yml", `password: $Theron78`, LevelMedium, false},
		{"random hex key", "a.json", `"api_key": "` + randomText(5, hexDigits, 40) + `"`, LevelLow, false},
		{"url", "a.py", `dsn = "postgres://svc:` + randomText(9, alphanum, 12) + `@db:5432/shop"`, LevelMedium, false},
		{"placeholder", "a.yml", `password: changeme`, LevelLow, true},
		{"own name", "a.py", `password = "password"`, LevelNone, true},
		{"label", "a.js", `passwordLabel: "Enter your password"`, LevelNone, true},
		{"look-up", "a.js", `password: process.env.DB_PASSWORD`, LevelNone, true},
		{"path", "a.yml", `token_file: /var/run/token`, LevelNone, true},
		{"type", "a.ts", `password: string`, LevelNone, true},
		{"commit", "a.txt", `commit ` + randomText(11, hexDigits, 40), LevelLow, true},
		{"integrity", "a.json", `"integrity": "sha512-` + randomText(13, alphanum, 86) + `=="`, LevelLow, true},
	}
	for _, tt := range tests {
		tt.text = grow(tt.text)
		got := j.Level(best(j, tt.path, tt.text))
		if got < tt.want && !tt.atMost || got > tt.want && tt.atMost {
			t.Errorf("%s: level %v (%.3f), want %v, at most: %v", tt.name, got, best(j, tt.path, tt.text), tt.want, tt.atMost)
		}
	}
}

// Folder names carry nothing: a test is no excuse.
func TestScoreIgnoresFolders(t *testing.T) {
	j := Default()
	text := `password = "` + randomText(17, alphanum, 16) + `"`
	want := best(j, "a.py", text)
	for _, path := range []string{"test/a.py", "docs/example/a.py", "vendor/x/fixtures/a.py"} {
		if got := best(j, path, text); got != want {
			t.Errorf("%s: score %v, want %v as without folders", path, got, want)
		}
	}
}

func TestIdentifierIsLowAtMost(t *testing.T) {
	j := Default()
	hex := randomText(19, hexDigits, 32)
	uuid := hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
	for _, tt := range []struct{ path, text string }{{"a.go", `ID: "` + uuid + `",`}, {"a.yml", `uid: ` + uuid}} {
		if got := j.Level(best(j, tt.path, tt.text)); got > LevelLow {
			t.Errorf("%s: %s: level %v, want low at most", tt.path, tt.text, got)
		}
	}
}

// What a name tells of itself, and what a place does.
func TestCapped(t *testing.T) {
	j := Default()
	hex := randomText(29, hexDigits, 40)
	uuid := hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:32]
	random := randomText(30, alphanum, 40)
	for _, tt := range []struct {
		path, text string
		capped     bool
	}{
		{"a.json", `"hashed_secret": "` + hex + `"`, true},
		{"a.json", `"secret": "` + hex + `"`, false},
		{"a.json", `"hashed_secret": "` + random + `"`, false}, // no digest
		{"a.yml", `checksum/secret: ` + hex, true},
		{"a.json", `"versionNonce": 1384901143`, true},
		{"a.json", `"nextPageToken": "` + random + `"`, true},
		{"a.json", `"$skiptoken": "` + random + `"`, true},
		{"a.json", `"accessToken": "` + random + `"`, false},
		{"a.json", `"resource": "arn:aws:iam::123456789012:thing/` + uuid + `"`, true},
		{"a.json", `"client_secret": "` + uuid + `"`, false},
		{"a.json", `"clientRequestToken": "` + uuid + `"`, true},
		{"a.cs", `[Guid("` + uuid + `")]`, true},
		{"a.xml", `<ProjectGuid>{` + uuid + `}</ProjectGuid>`, true},
		{"a.md", "![cover](https://host.example.io/user-attachments/assets/" + uuid + ")", true},
		{"a.md", "https://host.example.io/hooks/" + uuid, false},
		{"a.md", "![cover](https://host.example.io/gh/a/b/graph/badge.svg?token=" + random[:10] + ")", true},
		{"a.md", "[data](https://host.example.io/gh/a/b/raw?token=" + random[:10] + ")", false},
	} {
		text := []byte(tt.text)
		got := false
		for _, c := range j.Candidates(nil, FamilyOf(tt.path), text, 0, len(text)) {
			got = got || c.Capped(text)
		}
		if got != tt.capped {
			t.Errorf("%s: capped %v, want %v", tt.text, got, tt.capped)
		}
	}
	if got := j.Level(best(j, "a.json", `"trace": "`+uuid+`"`)); got > LevelMedium {
		t.Errorf("a UUID without a telling name: level %v, want medium at most", got)
	}
}

func TestVectorIsLowAtMost(t *testing.T) {
	j := Default()
	hex := func(seed uint64) string { return randomText(seed, hexDigits, 48) }
	vector := "{\n  \"aad\": \"" + hex(1) + "\",\n  \"ct\": \"" + hex(2) + "\",\n  \"pt\": \"" + hex(3) + "\",\n"
	config := "{\n  \"host\": \"" + hex(1) + "\",\n  \"id\": \"" + hex(2) + "\",\n  \"salt\": \"" + hex(3) + "\",\n"
	for _, tt := range []struct {
		text   string
		capped bool
	}{
		{vector + "  \"secret_key\": \"" + hex(4) + "\"", true},
		{strings.NewReplacer("\n", "", " ", "").Replace(vector) + "\"secret_key\":\"" + hex(4) + "\"", true},
		{"x = \"" + `\nCT: ` + hex(1) + `\nTAG: ` + hex(2) + `\nKEY: ` + hex(4) + `\nIN: ` + hex(3) + "\"", true},
		{config + "  \"secret_key\": \"" + hex(4) + "\"", false},
		{vector + "  \"secret_key\": \"" + randomText(5, alphanum, 40) + "\"", false}, // no number
	} {
		if got := j.Level(best(j, "a.json", tt.text)); got > LevelLow == tt.capped {
			t.Errorf("%s: level %v, capped %v", tt.text, got, tt.capped)
		}
	}
}

// The id with which a public key is fetched is public.
func TestFetchedKeyIsPublic(t *testing.T) {
	text := []byte("gpg --keyserver keys.example.org --recv-keys " + randomText(31, hexDigits, 40))
	for _, c := range Default().All(nil, "install.sh", text, 0, len(text)) {
		if c.Reject == Accepted && Default().Level(Default().Score(text, &c)) > LevelNone {
			t.Errorf("%v %q: accepted", c.Form, text[c.NameStart:c.NameEnd])
		}
	}
}

func TestExplain(t *testing.T) {
	j := Default()
	text := []byte(`api_secret = "` + randomText(23, alphanum, 32) + `"`)
	c := j.All(nil, "a.py", text, 0, len(text))
	if len(c) != 1 {
		t.Fatalf("%d candidates, want 1", len(c))
	}
	e := j.Explain(text, &c[0])
	if e.Name != "api_secret" || e.Form != "assignment" || e.Family != "python" || e.Class != "random characters" || e.Rejected != "" {
		t.Errorf("explanation %+v", e)
	}
	if e.Score != j.Score(text, &c[0]) || len(e.Reasons) == 0 {
		t.Errorf("score %v with %d reasons, want %v with some", e.Score, len(e.Reasons), j.Score(text, &c[0]))
	}
	text = []byte(`api_secret = "${API_SECRET}"`)
	c = j.All(nil, "a.py", text, 0, len(text))
	if len(c) == 0 {
		t.Fatal("no candidate, want one that is rejected")
	}
	if e := j.Explain(text, &c[0]); e.Rejected == "" || e.Score != 0 {
		t.Errorf("explanation %+v, want a rejection", e)
	}
}

func TestWords(t *testing.T) {
	words := Words()
	for i, w := range words {
		if len(w) < 4 || strings.ToLower(w) != w {
			t.Errorf("word %q: want four or more bytes in lower case", w)
		}
		if slices.Contains(words[:i], w) {
			t.Errorf("word %q stands twice", w)
		}
	}
}

func TestMeterDoesNotAllocate(t *testing.T) {
	j := Default()
	text := benchText()
	var buf []Candidate
	buf = j.Candidates(buf, FamilyPython, text, 0, bytes.IndexByte(text, '\n'))
	if len(buf) == 0 {
		t.Fatal("no candidate")
	}
	c := buf[0]
	if n := testing.AllocsPerRun(100, func() { j.Score(text, &c) }); n != 0 {
		t.Errorf("Score allocates %v times, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = j.Candidates(buf[:0], FamilyPython, text, 0, bytes.IndexByte(text, '\n')) }); n != 0 {
		t.Errorf("Candidates allocates %v times, want 0", n)
	}
}

func benchText() []byte {
	return []byte(`client_secret = "` + randomText(29, alphanum, 40) + `"` + "\nusername = \"svc\"\nhost = \"db.local\"\n\n# the rest of the file\nport = 5432\n")
}

func BenchmarkScore(b *testing.B) {
	j := Default()
	text := benchText()
	c := j.Candidates(nil, FamilyPython, text, 0, bytes.IndexByte(text, '\n'))[0]
	for b.Loop() {
		j.Score(text, &c)
	}
}

func BenchmarkCandidates(b *testing.B) {
	j := Default()
	text := benchText()
	var buf []Candidate
	end := bytes.IndexByte(text, '\n')
	b.SetBytes(int64(end))
	for b.Loop() {
		buf = j.Candidates(buf[:0], FamilyPython, text, 0, end)
	}
}

// FuzzCandidates holds the parser to its contract: candidates lie on their
// line, in order, and neither they nor their scores depend on what stands
// outside the declared context.
func FuzzCandidates(f *testing.F) {
	for _, s := range []string{
		"password = \"$T9\"", "a:\n  - name: TOKEN\n    value: $T9", "x\ny\npassword:\n  |\n  $T9", `{"a":{"secret":"$T\"9"}}`,
		"wget -u a:b://c:d@e -H 'Authorization: Bearer $T99'", "<a key=\"password\">&quot;x&quot;:&quot;y&quot;</a>", "token=%3Dabc&password%3Dx",
		"'\"`\\", "\"\\\"\\\"", "key := []byte{1,2,3,4,5,6,7,8}", "((((((((\"", "-p\n-\n-", "A=B=C==D", strings.Repeat("secret:\"a\",", 500),
	} {
		s = grow(s)
		f.Add("a.go", s, uint16(0))
		f.Add("a.yml", s, uint16(len(s)/2))
	}
	j := Default()
	f.Fuzz(func(t *testing.T, path, s string, at uint16) {
		text := []byte(s)
		start := bytes.LastIndexByte(text[:min(int(at), len(text))], '\n') + 1
		end := bytes.IndexByte(text[start:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += start
		}
		got := j.All(nil, path, text, start, end)
		for i, c := range got {
			if c.Start < start || c.End > end || c.Start >= c.End {
				t.Fatalf("candidate %d..%d is not on its line %d..%d", c.Start, c.End, start, end)
			}
			if c.NameStart < 0 || c.NameEnd < c.NameStart || c.NameEnd > len(text) || c.FuncStart < 0 || c.FuncEnd < c.FuncStart || c.FuncEnd > len(text) {
				t.Fatalf("candidate %d..%d: name %d..%d, function %d..%d outside the text", c.Start, c.End, c.NameStart, c.NameEnd, c.FuncStart, c.FuncEnd)
			}
			if i > 0 && got[i-1].LineStart == c.LineStart && got[i-1].Start > c.Start {
				t.Fatalf("candidate %d..%d comes after %d", c.Start, c.End, got[i-1].Start)
			}
			if p := j.Score(text, &c); p < 0 || p > 1 {
				t.Fatalf("score %v, want 0 to 1", p)
			}
			j.Explain(text, &c)
		}
		checkLocality(t, j, path, text, start, end, got)
	})
}

// checkLocality compares the candidates with those of the same line among
// other surroundings. The byte before the context is kept: it may be the line
// ending that bounds it.
func checkLocality(t *testing.T, j *Judge, path string, text []byte, start, end int, got []Candidate) {
	floor, ceil := contextFloor(text, start), contextCeil(text, end)
	floor, ceil = max(0, floor-1), min(len(text), ceil+1)
	before, after := strings.Repeat("password = \"q\n", 200), strings.Repeat("\"\nuser: x", 200)
	if floor == 0 {
		before = "" // the start of the text bounds the context, too
	}
	if ceil == len(text) {
		after = ""
	}
	other := slices.Concat([]byte(before), text[floor:ceil], []byte(after))
	shift := len(before) - floor
	moved := j.All(nil, path, other, start+shift, end+shift)
	if len(moved) != len(got) {
		t.Fatalf("%d candidates among other surroundings, want %d", len(moved), len(got))
	}
	for i := range got {
		a, b := got[i], moved[i]
		if a.Start+shift != b.Start || a.End+shift != b.End || a.Form != b.Form || a.Reject != b.Reject {
			t.Fatalf("candidate %+v became %+v among other surroundings", a, b)
		}
		if x, y := j.Score(text, &a), j.Score(other, &b); x != y {
			t.Fatalf("score %v became %v among other surroundings", x, y)
		}
	}
}
