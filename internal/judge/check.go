package judge

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// How far around a credential a check looks, in bytes. The block limit holds
// for private keys in armour and what carries them, the others for the rest.
const (
	MaxBack         = 4 << 10
	MaxForward      = 4 << 10
	MaxBlockBack    = 64 << 10
	MaxBlockForward = 64 << 10
)

// checkMaxSecret bounds the credential itself. A longer one is not looked at.
const checkMaxSecret = 64 << 10

// An Input is what an offline check may look at. A check changes none of it.
type Input struct {
	Secret     []byte   // the credential
	Match      []byte   // the whole match of the pattern
	Text       []byte   // the text around
	Start, End int      // Text[Start:End] is Secret
	Path       string   // of the file, slash-separated
	Args       []string // of the rule
	Now        time.Time
}

// A Verdict is what a check says of a credential.
type Verdict uint8

// The verdicts of a check.
const (
	// Unchecked: nothing speaks against it, and nothing proves it. Identity,
	// Lower and Secret of the result hold nevertheless.
	Unchecked Verdict = iota
	// Passed: a checksum holds, or the structure parses to the end. The chance
	// that other text gets there is below one in ten thousand.
	Passed
	// Failed: it is no credential of this form.
	Failed
	// Harmless: it is one, but public, an example, or encrypted.
	Harmless
)

var verdictNames = [...]string{"unchecked", "passed", "failed", "harmless"}

// String returns the name of the verdict in lower case.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// A Lowering is a bound on the severity of a finding.
type Lowering uint8

// The bounds that a check may set.
const (
	LowerNone Lowering = iota // the severity of the rule stands
	LowerToMedium
	LowerToLow
)

// A Field is a public part of a credential that lets its owner find it.
type Field struct{ Name, Value string }

// A Result is what a check found. Neither Reason nor Identity holds anything
// of the part of the credential that has to stay secret.
type Result struct {
	Verdict  Verdict
	Reason   string    // in lower case, as "checksum valid"
	Identity []Field   // such as aws-account, key-id, email, host, user, issuer, fingerprint
	Expires  time.Time // zero if the credential does not tell
	Lower    Lowering
	Secret   [2]int // narrower span of the credential in Text; zero: unchanged
}

// checkFunc is one check. It may rely on 0 <= Start <= End <= len(Text), on
// Text being cut to the bounds of the check, and on Secret being bounded and
// not empty.
type checkFunc func(in *Input) Result

// A checkSpec is a check and the text it asks for.
type checkSpec struct {
	run   checkFunc
	block bool // looks at MaxBlockBack and MaxBlockForward
}

// checkTable holds the checks by name.
var checkTable = map[string]checkSpec{
	"age":                 {run: checkAge},
	"argon2":              {run: checkCryptHash},
	"atlassian-crc32":     {run: checkAtlassian},
	"aws-key-id":          {run: checkAWSKeyID},
	"aws-presigned":       {run: checkAWSPresigned},
	"azure-sas":           {run: checkAzureSAS},
	"base64-json":         {run: checkBase64JSON},
	"base64-len":          {run: checkBase64Len},
	"base64-prefix":       {run: checkBase64Prefix},
	"base64-text":         {run: checkBase64Text},
	"basic-auth":          {run: checkBasicAuth},
	"bearer":              {run: checkBearer},
	"bip39":               {run: checkBIP39},
	"cisco":               {run: checkCisco},
	"conn-string":         {run: checkConnString},
	"crc32-base62":        {run: checkCRC32Base62},
	"crypt-hash":          {run: checkCryptHash},
	"der-base64":          {run: checkDERBase64, block: true},
	"discord-bot":         {run: checkDiscordBot},
	"docker-auth":         {run: checkDockerAuth},
	"dockerconfigjson":    {run: checkDockerConfigJSON},
	"facebook-app":        {run: checkFacebookApp},
	"gcp-adc":             {run: checkGCPADC},
	"gcp-service-account": {run: checkGCPServiceAccount},
	"gitlab-routable":     {run: checkGitLabRoutable},
	"grafana-crc32":       {run: checkGrafana},
	"hash-known":          {run: checkHashKnown},
	"htpasswd":            {run: checkHtpasswd},
	"jdbc":                {run: checkJDBC},
	"jenkins-secret":      {run: checkJenkinsSecret},
	"jwk":                 {run: checkJWK},
	"jwt":                 {run: checkJWT},
	"jwt-base64":          {run: checkJWTBase64},
	"keystore":            {run: checkKeystore, block: true},
	"k8s-secret":          {run: checkK8sSecret},
	"kubeconfig-key":      {run: checkPEMBase64, block: true},
	"macaroon":            {run: checkMacaroon},
	"nkey":                {run: checkNKey},
	"nuget-key":           {run: checkNuGetKey},
	"password":            {run: checkPassword},
	"plain-http":          {run: checkPlainHTTP},
	"pem":                 {run: checkPEM, block: true},
	"pem-base64":          {run: checkPEMBase64, block: true},
	"putty":               {run: checkPuTTY, block: true},
	"rclone":              {run: checkRclone},
	"signed-url":          {run: checkSignedURL},
	"slack":               {run: checkSlack},
	"stripe":              {run: checkStripe},
	"telegram":            {run: checkTelegram},
	"totp":                {run: checkTOTP},
	"url-userinfo":        {run: checkURLUserinfo},
}

// Known reports whether there is a check of this name.
func Known(check string) bool {
	_, ok := checkTable[check]
	return ok
}

// Check runs the named check. A check that is not known, an empty credential
// and one of more than 64 KiB are Unchecked. Whatever the input, it takes time
// linear in the bounded text, but for the fixed cost of one signature-sized
// modular exponentiation where a private key is parsed.
func Check(name string, in *Input) Result {
	spec, ok := checkTable[name]
	if !ok || in == nil || len(in.Secret) == 0 || len(in.Secret) > checkMaxSecret {
		return Result{}
	}
	cut, offset, ok := checkCut(in, spec.block)
	r := spec.run(cut)
	switch {
	case !ok || r.Secret == [2]int{cut.Start, cut.End}:
		r.Secret = [2]int{}
	case r.Secret != [2]int{}:
		r.Secret[0] += offset
		r.Secret[1] += offset
	}
	return r
}

// checkCut returns in with Text cut to the bounds around the credential, and
// the offset of the cut. An input whose positions are wrong is given a text
// of its own, its match or only the credential, and ok is false.
func checkCut(in *Input, block bool) (cut *Input, offset int, ok bool) {
	c := *in
	cut = &c
	back, forward := MaxBack, MaxForward
	if block {
		back, forward = MaxBlockBack, MaxBlockForward
	}
	if len(cut.Match) > checkMaxSecret || len(cut.Match) == 0 {
		cut.Match = cut.Secret
	}
	if in.Start < 0 || in.Start > in.End || in.End > len(in.Text) || !bytes.Equal(in.Text[in.Start:in.End], in.Secret) {
		i := bytes.Index(cut.Match, cut.Secret)
		if i < 0 {
			cut.Match, i = cut.Secret, 0
		}
		cut.Text, cut.Start, cut.End = cut.Match, i, i+len(cut.Secret)
		return cut, 0, false
	}
	lo, hi := max(0, in.Start-back), min(len(in.Text), in.End+forward)
	cut.Text, cut.Start, cut.End = in.Text[lo:hi], in.Start-lo, in.End-lo
	return cut, lo, true
}

// matched returns the span of the match in the text, which is that of the
// credential alone if the match is not found around it.
func (in *Input) matched() (start, end int) {
	for i, tries := 0, 0; tries < 16; tries++ {
		k := bytes.Index(in.Match[i:], in.Secret)
		if k < 0 {
			break
		}
		i += k
		lo := in.Start - i
		hi := lo + len(in.Match)
		if lo >= 0 && hi <= len(in.Text) && bytes.Equal(in.Text[lo:hi], in.Match) {
			return lo, hi
		}
		i++
	}
	return in.Start, in.End
}

func checkFailed(reason string) Result    { return Result{Verdict: Failed, Reason: reason} }
func checkHarmless(reason string) Result  { return Result{Verdict: Harmless, Reason: reason} }
func checkUnchecked(reason string) Result { return Result{Verdict: Unchecked, Reason: reason} }
func checkPassed(reason string) Result    { return Result{Verdict: Passed, Reason: reason} }

// identify adds a public part, unless it is empty, too long or not plain
// text: what a hostile file says of itself goes into reports.
func (r *Result) identify(name, value string) {
	if value == "" || len(value) > 200 || !utf8.ValidString(value) {
		return
	}
	for _, c := range value {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c >= 0x2000 && c < 0x2070 || c == utf8.RuneError || c == 0xfeff {
			return
		}
	}
	r.Identity = append(r.Identity, Field{name, value})
}

// expire notes when the credential ends to be valid.
func (r *Result) expire(t, now time.Time) {
	r.Expires = t
	if now.IsZero() || !t.Before(now) {
		return
	}
	r.Lower = LowerToLow
	r.Reason = checkJoin(r.Reason, "expired "+t.UTC().Format(time.DateOnly))
}

func checkJoin(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// checkArg returns the value of the first argument "name=value".
func checkArg(in *Input, name string) (string, bool) {
	for _, a := range in.Args {
		if v, ok := checkArgValue(a, name); ok {
			return v, true
		}
	}
	return "", false
}

// checkArgs returns the values of all arguments "name=value".
func checkArgs(in *Input, name string) []string {
	var vs []string
	for _, a := range in.Args {
		if v, ok := checkArgValue(a, name); ok {
			vs = append(vs, v)
		}
	}
	return vs
}

func checkArgValue(arg, name string) (string, bool) {
	if len(arg) > len(name) && arg[:len(name)] == name && arg[len(name)] == '=' {
		return arg[len(name)+1:], true
	}
	return "", false
}

// checkFlag reports whether the argument stands without a value.
func checkFlag(in *Input, name string) bool {
	for _, a := range in.Args {
		if a == name {
			return true
		}
	}
	return false
}
