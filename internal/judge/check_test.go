package judge

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

var checkNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const (
	checkAlnum   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	checkLetters = "abcdefghijklmnopqrstuvwxyz"
)

// A checkCase is an input of a check and what it must say. In text, \x01 and
// \x02 stand around the credential, \x03 and \x04 around the match; without
// them, both are all of the text.
type checkCase struct {
	check, name, text string
	args              []string
	want              Verdict
	reason            string   // must be part of the reason
	identity          []string // "name=value", must be among the identity
	lower             Lowering
	secret            string // what is left of the credential after narrowing
	raw               bool   // text is binary and has no marks
}

func (c *checkCase) input() *Input {
	var clean []byte
	at := map[byte]int{}
	for i := range len(c.text) {
		if b := c.text[i]; !c.raw && b >= 1 && b <= 4 {
			at[b] = len(clean)
			continue
		}
		clean = append(clean, c.text[i])
	}
	in := &Input{Text: clean, End: len(clean), Args: c.args, Now: checkNow}
	if end, ok := at[2]; ok {
		in.Start, in.End = at[1], end
	}
	in.Secret = clean[in.Start:in.End]
	in.Match = in.Secret
	if end, ok := at[4]; ok {
		in.Match = clean[at[3]:end]
	}
	return in
}

func checkCases(t testing.TB) []checkCase {
	var all []checkCase
	for _, cases := range [][]checkCase{checkTokenCases(), checkEncodedCases(t), checkCloudCases(t), checkKeyCases(t), checkBlockCases(t), checkLoginCases(), checkHashCases(), checkKubeCases(t), checkTransportCases()} {
		all = append(all, cases...)
	}
	return all
}

func TestCheck(t *testing.T) {
	for _, c := range checkCases(t) {
		in := c.input()
		before := bytes.Clone(in.Text)
		got := Check(c.check, in)
		what := fmt.Sprintf("%s (%s)", c.check, c.name)
		if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %v %q, want %v %q", what, got.Verdict, got.Reason, c.want, c.reason)
		}
		if got.Lower != c.lower {
			t.Errorf("%s: severity is lowered to %d, want %d", what, got.Lower, c.lower)
		}
		for _, f := range c.identity {
			name, value, _ := strings.Cut(f, "=")
			if !checkHasField(got, name, value) {
				t.Errorf("%s: identity is %v, want %s", what, got.Identity, f)
			}
		}
		if c.secret != "" {
			if s := string(in.Text[got.Secret[0]:got.Secret[1]]); s != c.secret {
				t.Errorf("%s: credential is narrowed to %q, want %q", what, s, c.secret)
			}
		}
		if !bytes.Equal(before, in.Text) {
			t.Errorf("%s: changed its input", what)
		}
	}
}

func checkHasField(r Result, name, value string) bool {
	for _, f := range r.Identity {
		if f.Name == name && (value == "*" || f.Value == value) {
			return true
		}
	}
	return false
}

func TestEveryCheckHasCases(t *testing.T) {
	accepts, rejects := map[string]bool{}, map[string]bool{}
	for _, c := range checkCases(t) {
		if !Known(c.check) {
			t.Errorf("case for %q, which is not known", c.check)
		}
		if c.want == Passed || c.want == Unchecked {
			accepts[c.check] = true
		} else {
			rejects[c.check] = true
		}
	}
	for name := range checkTable {
		if !accepts[name] || !rejects[name] {
			t.Errorf("%s: has a case that is let pass: %v, one that is not: %v", name, accepts[name], rejects[name])
		}
	}
}

func TestUnknownCheck(t *testing.T) {
	if r := Check("no-such-check", &Input{Secret: []byte("abc")}); Known("no-such-check") || r.Verdict != Unchecked || r.Reason != "" {
		t.Errorf("unknown check: %v, known %v", r, Known("no-such-check"))
	}
}

func checkTokenCases() []checkCase {
	ghp := checkGithubToken("ghp_", checkRandom(1, 30, checkAlnum))
	fine := checkGithubToken("github_pat_"+checkRandom(2, 22, checkAlnum)+"_", checkRandom(3, 53, checkAlnum))
	lab := checkGitlabToken("glpat-", checkRandomBytes(4, 24))
	sa := "glsa_" + checkRandom(5, 32, checkAlnum)
	at := "ATATT3xFfGF0" + checkRandom(6, 174, checkAlnum)
	discord := checkB64url([]byte(checkRandom(7, 18, "123456789"))) + "." + checkRandom(8, 6, checkAlnum) + "." + checkRandom(9, 38, checkAlnum)
	nuget := []byte("oy2" + checkRandom(10, 43, checkLetters))
	for at, c := range map[int]byte{4: 'a', 20: 'q', 32: 'e', 33: '7', 34: 'p', 46: '4'} {
		nuget[at-1] = c
	}
	bad := bytes.Replace(nuget, []byte("oy2a"), []byte("oy2z"), 1)
	slackTail := checkRandom(12, 24, checkAlnum)
	return []checkCase{
		{check: "crc32-base62", name: "valid", text: ghp, want: Passed, reason: "checksum valid"},
		{check: "crc32-base62", name: "npm", text: checkGithubToken("npm_", checkRandom(1, 30, checkAlnum)), want: Passed},
		{check: "crc32-base62", name: "long refresh token", text: checkGithubToken("ghr_", checkRandom(1, 70, checkAlnum)), want: Passed},
		{check: "crc32-base62", name: "wrong", text: ghp[:39] + "!", want: Failed, reason: "checksum wrong"},
		{check: "crc32-base62", name: "fine-grained", text: fine, want: Passed},
		{check: "crc32-base62", name: "fine-grained of unknown scope", text: "github_pat_" + checkRandom(2, 22, checkAlnum) + "_" + checkRandom(3, 59, checkAlnum), want: Unchecked},
		{check: "crc32-base62", name: "short", text: "ghp_abc", want: Failed},

		{check: "gitlab-routable", name: "valid", text: lab, want: Passed, identity: []string{"organization=1", "user=100"}},
		{check: "gitlab-routable", name: "other sum", text: lab[:len(lab)-7] + "0000000", want: Unchecked, identity: []string{"user=100"}},
		{check: "gitlab-routable", name: "wrong length", text: lab[:len(lab)-9] + "zz" + lab[len(lab)-7:], want: Failed},
		{check: "gitlab-routable", name: "no tail", text: "glpat-" + checkRandom(1, 20, checkAlnum), want: Failed},

		{check: "grafana-crc32", name: "valid", text: sa + "_" + checkSumOf(sa, false), want: Passed},
		{check: "grafana-crc32", name: "little endian", text: sa + "_" + checkSumOf(sa, true), want: Passed},
		{check: "grafana-crc32", name: "wrong", text: sa + "_00000000", want: Failed},

		{check: "atlassian-crc32", name: "valid", text: at + "=" + strings.ToUpper(checkSumOf(at, false)), want: Passed},
		{check: "atlassian-crc32", name: "without marker", text: at + "=" + checkSumOf(at[len("ATATT3xFfGF0"):], false), want: Passed},
		{check: "atlassian-crc32", name: "app password", text: "ATBB" + at[20:44] + checkSumOf("ATBB"+at[20:44], false), want: Passed},
		{check: "atlassian-crc32", name: "wrong", text: at + "=00000000", want: Failed},
		{check: "atlassian-crc32", name: "short", text: "ATBB", want: Failed},

		{check: "nuget-key", name: "valid", text: string(nuget), want: Unchecked, reason: "valid"},
		{check: "nuget-key", name: "wrong position", text: string(bad), want: Failed},

		{check: "discord-bot", name: "valid", text: discord, want: Passed, identity: []string{"bot-id=" + checkRandom(7, 18, "123456789")}},
		{check: "discord-bot", name: "no number", text: checkB64url([]byte("no-number-at-all-here")) + ".abcdef.abc", want: Failed},
		{check: "telegram", name: "valid", text: checkRandom(11, 10, "12345678") + ":AA" + checkRandom(12, 33, checkAlnum), want: Unchecked, identity: []string{"bot-id=" + checkRandom(11, 10, "12345678")}},
		{check: "telegram", name: "masked", text: "12345678:" + strings.Repeat("x", 35), want: Failed},
		{check: "telegram", name: "short", text: "12345678:AA", want: Failed},
		{check: "facebook-app", name: "valid", text: checkRandom(13, 16, "12345678") + "|" + checkRandom(14, 27, checkAlnum), want: Unchecked, identity: []string{"app=" + checkRandom(13, 16, "12345678")}},
		{check: "facebook-app", name: "variable", text: checkRandom(13, 16, "12345678") + "|${APP_SECRET}", want: Failed},

		{check: "slack", name: "bot", text: "xoxb-" + checkRandom(15, 12, "123456") + "-" + checkRandom(16, 12, "123456") + "-" + slackTail, want: Unchecked, identity: []string{"team=" + checkRandom(15, 12, "123456")}},
		{check: "slack", name: "app", text: "xapp-1-A012345-" + checkRandom(16, 12, "123456") + "-" + slackTail, want: Unchecked, identity: []string{"app=A012345"}},
		{check: "slack", name: "webhook", text: "\x03hooks/services/T0AB1/B0CD2/\x01" + slackTail + "\x02\x04", want: Unchecked, identity: []string{"team=T0AB1", "channel=B0CD2"}},
		{check: "slack", name: "masked webhook", text: "\x03hooks/services/T00000000/B00000000/\x01" + strings.Repeat("X", 24) + "\x02\x04", want: Failed, reason: "masked"},
		{check: "slack", name: "masked", text: "xoxb-" + checkRandom(15, 12, "123456") + "-" + checkRandom(16, 12, "123456") + "-" + strings.Repeat("x", 24), want: Failed},
		{check: "stripe", name: "live", text: "sk_live_" + checkRandom(17, 24, checkAlnum), want: Unchecked, identity: []string{"mode=live"}},
		{check: "stripe", name: "test", text: "sk_test_" + checkRandom(18, 24, checkAlnum), want: Unchecked, lower: LowerToLow, identity: []string{"mode=test"}},
		{check: "stripe", name: "masked", text: "sk_live_" + strings.Repeat("x", 24), want: Failed},

		{check: "macaroon", name: "valid", text: checkMacaroonSample("pypi.org"), want: Passed, identity: []string{"host=pypi.org"}},
		{check: "macaroon", name: "cut", text: checkMacaroonSample("pypi.org")[:60], want: Unchecked},
		{check: "macaroon", name: "other", text: "pypi-" + checkB64([]byte("not a macaroon")), want: Failed},
		{check: "jenkins-secret", name: "valid", text: checkJenkinsSample(), want: Passed},
		{check: "jenkins-secret", name: "other", text: "{" + checkB64(checkRandomBytes(1, 60)) + "}", want: Failed},

		{check: "totp", name: "valid", text: "otpauth://totp/Shop:ann?issuer=Shop&secret=\x01" + checkRandom(19, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") + "\x02", want: Unchecked, identity: []string{"issuer=Shop"}},
		{check: "totp", name: "not base32", text: "0189" + checkRandom(19, 28, "ABC"), want: Failed},
		{check: "totp", name: "masked", text: strings.Repeat("X", 32), want: Failed},
		{check: "bip39", name: "form", text: "wheel garden copper lunar orbit velvet timber ocean puzzle saddle marble cactus", want: Unchecked},
		{check: "bip39", name: "prose", text: "the lunar orbit and velvet timber ocean with puzzle saddle marble cactus", want: Failed},
		{check: "bip39", name: "for tests", text: strings.Repeat("zebra ", 11) + "wheel", want: Harmless},
		{check: "bip39", name: "eleven words", text: strings.TrimSpace(strings.Repeat("zebra ", 11)), want: Failed},
	}
}

func checkSumOf(s string, little bool) string {
	sum := []byte(fmt.Sprintf("%08x", checkCRC(s)))
	if little {
		for i, j := 0, 6; i < j; i, j = i+2, j-2 {
			sum[i], sum[i+1], sum[j], sum[j+1] = sum[j], sum[j+1], sum[i], sum[i+1]
		}
	}
	return string(sum)
}

func checkEncodedCases(t testing.TB) []checkCase {
	sample := checkJwtToken(map[string]any{"alg": "HS256"}, map[string]any{"sub": "1234567890", "name": "John Doe"}, checkRandomBytes(1, 32))
	header := map[string]any{"alg": "HS256", "kid": "k1"}
	token := func(payload map[string]any) string { return checkJwtToken(header, payload, checkRandomBytes(2, 32)) }
	good := token(map[string]any{"iss": "https://issuer.internal", "sub": "ann", "exp": checkNow.Add(time.Hour).Unix(), "role": "service_role", "app": map[string]any{"id": "7"}, "aud": []string{"a", "b"}})
	ops := checkB64([]byte(`{"email":"ann@corp.internal","secretKey":"` + checkRandom(1, 20, checkAlnum) + `"}`))
	return []checkCase{
		{check: "jwt", name: "valid", text: good, want: Passed, identity: []string{"issuer=https://issuer.internal", "subject=ann", "key-id=k1", "audience=a", "expires=2026-01-02T04:04:05Z"}},
		{check: "jwt", name: "behind a prefix", text: "ghs_1234_" + good, args: []string{"after=_"}, want: Passed},
		{check: "jwt", name: "expired", text: token(map[string]any{"exp": 1600000000}), want: Passed, reason: "expired 2020-09-13", lower: LowerToLow},
		{check: "jwt", name: "conditions met", text: good, args: []string{"claim:iss=^https://", "has:app.id", "alg=RS256", "alg=HS256", "claim:aud=^b$", "fail=low"}, want: Passed},
		{check: "jwt", name: "claim differs", text: good, args: []string{"claim:iss=supabase"}, want: Failed},
		{check: "jwt", name: "claim absent", text: good, args: []string{"has:tid"}, want: Failed},
		{check: "jwt", name: "algorithm differs", text: good, args: []string{"alg=RS256"}, want: Failed},
		{check: "jwt", name: "public", text: token(map[string]any{"role": "anon"}), args: []string{"public:role=^anon$"}, want: Harmless},
		{check: "jwt", name: "documented", text: sample, want: Harmless},
		{check: "jwt", name: "not signed", text: checkJwtToken(map[string]any{"alg": "none"}, map[string]any{"sub": "ann"}, nil), want: Harmless},
		{check: "jwt", name: "short signature", text: checkJwtToken(header, map[string]any{"sub": "ann"}, checkRandomBytes(2, 20)), want: Unchecked},
		{check: "jwt", name: "signature is a word", text: strings.TrimSuffix(good, good[strings.LastIndexByte(good, '.')+1:]) + "signature", want: Failed},
		{check: "jwt", name: "header is not JSON", text: "eyJ" + checkRandom(3, 20, checkAlnum) + ".eyJ" + checkRandom(4, 20, checkAlnum) + "." + checkRandom(5, 43, checkAlnum), want: Failed},
		{check: "jwt", name: "two parts", text: good[:strings.LastIndexByte(good, '.')], want: Failed},
		{check: "jwt", name: "deep", text: checkB64url([]byte(strings.Repeat(`{"alg":`, 40)+`1`+strings.Repeat("}", 40))) + ".e30.abcd", want: Failed},

		{check: "base64-json", name: "valid", text: "ops_" + ops, args: []string{"skip=ops_", "has=email", "has=secretKey"}, want: Passed, identity: []string{"email=ann@corp.internal"}},
		{check: "base64-json", name: "before the last underscore", text: "sntrys_" + checkB64url([]byte(`{"org":"o"}`)) + "_" + checkRandom(1, 43, checkAlnum), args: []string{"skip=sntrys_", "until=_", "has=org"}, want: Passed},
		{check: "base64-json", name: "before a dot", text: "sk." + checkB64url([]byte(`{"u":"ann"}`)) + "." + checkRandom(1, 22, checkAlnum), args: []string{"skip=sk.", "until=.", "has=u"}, want: Passed, identity: []string{"user=ann"}},
		{check: "base64-json", name: "key absent", text: ops, args: []string{"has=muk"}, want: Failed},
		{check: "base64-json", name: "no JSON", text: checkB64([]byte("no object")), want: Failed},
		{check: "base64-json", name: "no base64", text: "{}", want: Failed},
		{check: "base64-prefix", name: "valid", text: "sk_" + checkB64([]byte("key_01abc:def")), args: []string{"skip=sk_", "lead=key_01"}, want: Passed},
		{check: "base64-prefix", name: "other", text: checkB64([]byte("other text")), args: []string{"lead=key_01"}, want: Failed},
		{check: "base64-len", name: "valid", text: checkB64(checkRandomBytes(1, 64)), args: []string{"bytes=64"}, want: Unchecked, reason: "64 bytes"},
		{check: "base64-len", name: "range", text: checkB64(checkRandomBytes(1, 30)), args: []string{"bytes=16,24-32"}, want: Unchecked},
		{check: "base64-len", name: "escaped padding", text: strings.ReplaceAll(checkB64(checkRandomBytes(1, 64)), "=", "%3D"), args: []string{"bytes=64"}, want: Unchecked},
		{check: "base64-len", name: "other length", text: checkB64(checkRandomBytes(1, 63)), args: []string{"bytes=64"}, want: Failed},
		{check: "base64-len", name: "words", text: checkB64([]byte("secret is secure")), args: []string{"bytes=16"}, want: Failed},
		{check: "base64-len", name: "flat", text: strings.Repeat("A", 86) + "==", args: []string{"bytes=64"}, want: Failed},
		{check: "jwt-base64", name: "valid", text: checkB64([]byte(good)), want: Passed, identity: []string{"subject=ann"}},
		{check: "jwt-base64", name: "other", text: checkB64([]byte("eyJ.other.text")), want: Failed},
		{check: "base64-text", name: "valid", text: checkB64([]byte("hunter2")), want: Unchecked},
		{check: "base64-text", name: "placeholder", text: checkB64([]byte("changeme")), want: Failed},
		{check: "base64-text", name: "binary", text: checkB64([]byte{0, 1, 2, 3}), want: Failed},
		{check: "hash-known", name: "other", text: checkRandom(1, 40, checkAlnum), want: Unchecked},
		{check: "hash-known", name: "public", text: checkDocumentedLogin(), want: Harmless, reason: "RFC 7617"},
	}
}

// checkDocumentedLogin is the value that RFC 7617 explains basic authentication with.
func checkDocumentedLogin() string { return checkB64([]byte("Aladdin" + string(':') + "open sesame")) }

func checkCloudCases(t testing.TB) []checkCase {
	id := checkAWSKeySample("AKIA", 123456789012, 1)
	sig := url.QueryEscape(checkB64(checkRandomBytes(1, 32)))
	blob := "https://shop.blob.core.windows.net/c?sv=2024-08-04&sr=c&"
	scope := "X-Amz-Credential=" + id + "%2F20260102%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T000000Z&X-Amz-Signature=" + checkHexRandom(1, 64)
	adc := `{"type":"authorized_user","client_id":"1-a.apps.googleusercontent.com","client_secret":"` + checkRandom(2, 24, checkAlnum) + `","refresh_token":"1//` + checkRandom(3, 60, checkAlnum) + `"}`
	sa := func(key string) string {
		return fmt.Sprintf(`{"a": {"type": "service_account", "project_id": "shop", "private_key_id": "%s", "private_key": "`+"\x01%s\x02"+`", "client_email": "ci@shop.iam.gserviceaccount.com"}}`, checkHexRandom(2, 40), strings.ReplaceAll(key, "\n", `\n`))
	}
	key := checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkRSAKeyPair()))
	return []checkCase{
		{check: "aws-key-id", name: "with account", text: id, want: Unchecked, identity: []string{"aws-key-id=" + id, "aws-account=123456789012"}},
		{check: "aws-key-id", name: "account stands near", text: "id \x01" + id + "\x02 of 123456789012", want: Passed},
		{check: "aws-key-id", name: "old", text: "AKIA" + "J" + checkRandom(1, 15, "ABCDEFGH"), want: Unchecked, reason: "without an account"},
		{check: "aws-key-id", name: "masked", text: "AKIA" + strings.Repeat("X", 16), want: Harmless},
		{check: "aws-key-id", name: "example", text: "AKIA" + checkRandom(1, 9, "ABCDEFGH") + "EXAMPLE", want: Harmless},
		{check: "aws-key-id", name: "short", text: id[:19], want: Failed},
		{check: "aws-presigned", name: "valid", text: "\x03https://b.s3.amazonaws.com/o?X-Amz-Expires=86400&\x01" + scope + "\x02\x04", want: Passed, identity: []string{"aws-account=123456789012", "expires=2026-01-03T00:00:00Z", "region=eu-west-1"}},
		{check: "aws-presigned", name: "expired", text: "https://b.s3.amazonaws.com/o?X-Amz-Expires=600&" + scope, want: Passed, lower: LowerToLow, reason: "expired 2026-01-02"},
		{check: "aws-presigned", name: "in base64", text: "bedrock-api-key-" + checkB64([]byte("bedrock.amazonaws.com/?"+strings.ReplaceAll(scope, "%2F", "/")+"&X-Amz-Expires=43200")), want: Passed, identity: []string{"aws-key-id=" + id}},
		{check: "aws-presigned", name: "signature", text: "https://b.s3.amazonaws.com/o?" + strings.TrimSuffix(scope, scope[len(scope)-4:]), want: Failed},
		{check: "azure-sas", name: "valid", text: blob + "se=2027-01-01T00%3A00%3A00Z&sig=\x01" + sig + "\x02", want: Passed, identity: []string{"host=shop.blob.core.windows.net", "expires=2027-01-01T00:00:00Z"}},
		{check: "azure-sas", name: "expired", text: blob + "se=2020-01-01&sig=\x01" + sig + "\x02", want: Passed, lower: LowerToLow},
		{check: "azure-sas", name: "in a string", text: "\"a\\n" + blob + "se=2027-01-01\\u0026sig=\x01" + sig + "\x02\\nend\"", want: Passed},
		{check: "azure-sas", name: "policy", text: blob + "si=readers&sig=\x01" + sig + "\x02", want: Passed, identity: []string{"policy=readers"}},
		{check: "azure-sas", name: "service bus", text: "SharedAccessSignature sr=x.servicebus.windows.net&sig=\x01" + sig + "\x02&se=1893456000&skn=root", want: Passed, identity: []string{"policy=root"}},
		{check: "azure-sas", name: "variable", text: blob + "se=2027-01-01&sig=${SIG}", want: Failed},
		{check: "azure-sas", name: "no expiry", text: "sig=\x01" + sig + "\x02", want: Unchecked},
		{check: "azure-sas", name: "short signature", text: blob + "se=2027-01-01&sig=abcd", want: Failed},
		{check: "gcp-adc", name: "valid", text: adc, want: Passed, identity: []string{"client-id=1-a.apps.googleusercontent.com"}},
		{check: "gcp-adc", name: "other type", text: strings.Replace(adc, "authorized_user", "other", 1), want: Failed},
		{check: "gcp-adc", name: "placeholder", text: `{"type":"authorized_user","refresh_token":"your-refresh-token"}`, want: Failed},
		{check: "gcp-adc", name: "cut", text: adc[:60], want: Unchecked},
		{check: "gcp-service-account", name: "valid", text: sa(key), want: Passed, reason: "RSA 2048", identity: []string{"email=ci@shop.iam.gserviceaccount.com", "project=shop", "key-id=" + checkHexRandom(2, 40), "fingerprint=*"}},
		{check: "gcp-service-account", name: "in a string", text: `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(sa(key)) + `"`, want: Passed, identity: []string{"project=shop"}},
		{check: "gcp-service-account", name: "placeholder", text: sa("<private key>"), want: Failed},
		{check: "gcp-service-account", name: "shortened", text: sa(checkArmourText("PRIVATE KEY", "MIIE..."+strings.Repeat("abc", 20))), want: Failed},
		{check: "gcp-service-account", name: "other type", text: strings.Replace(sa(key), "service_account", "external_account", 1), want: Failed},
	}
}

func checkKeyCases(t testing.TB) []checkCase {
	age, seed, jwk := checkAgeKey(), checkNkeySeed(), checkEcJWK(t)
	public := map[string]any{"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]}
	return []checkCase{
		{check: "age", name: "valid", text: age, want: Passed, identity: []string{"public-key=" + checkX25519Recipient()}},
		{check: "age", name: "wrong", text: age[:len(age)-1] + map[bool]string{true: "P", false: "Q"}[age[len(age)-1] == 'Q'], want: Failed},
		{check: "age", name: "masked", text: "AGE-SECRET-KEY-1" + strings.Repeat("X", 58), want: Failed},
		{check: "nkey", name: "valid", text: seed, want: Passed, identity: []string{"type=user", "public-key=*"}},
		{check: "nkey", name: "wrong", text: seed[:20] + "AAAA" + seed[24:], want: Failed},
		{check: "jwk", name: "ec", text: checkJwkOf(jwk), want: Passed, reason: "EC P-256", identity: []string{"key-id=first"}},
		{check: "jwk", name: "in a set", text: `{"keys":[{"kty":"oct","kid":"two","k":"` + "\x01" + checkB64url(checkRandomBytes(1, 32)) + "\x02" + `"}]}`, want: Passed, reason: "symmetric 256", identity: []string{"key-id=two"}},
		{check: "jwk", name: "public", text: checkJwkOf(public), want: Failed},
		{check: "jwk", name: "variable", text: `{"kty":"oct","k":"${KEY}"}`, want: Failed},
		{check: "jwk", name: "rsa", text: checkJwkOf(map[string]any{"kty": "RSA", "n": checkB64url(checkRSAKeyPair().N.Bytes()), "d": checkB64url(checkRSAKeyPair().D.Bytes())}), want: Passed, reason: "RSA 2048"},
		{check: "putty", name: "version 3", text: checkPuttyKey(3, "none"), want: Passed, reason: "Ed25519", identity: []string{"fingerprint=*"}},
		{check: "putty", name: "version 2", text: checkPuttyKey(2, "none"), want: Passed},
		{check: "putty", name: "escaped", text: strings.ReplaceAll(checkPuttyKey(3, "none"), "\n", `\r\n`), want: Passed},
		{check: "putty", name: "encrypted", text: checkPuttyKey(3, "aes256-cbc"), want: Passed, reason: "encrypted with aes256-cbc", lower: LowerToMedium},
		{check: "putty", name: "changed", text: strings.Replace(checkPuttyKey(3, "none"), "a comment", "another", 1), want: Unchecked},
		{check: "putty", name: "public part only", text: checkPuttyKey(3, "none")[:120], want: Unchecked},
		{check: "putty", name: "shortened", text: checkPuttyKey(3, "none")[:120] + "\n...\n", want: Failed},
		{check: "der-base64", name: "rsa", text: checkB64(x509.MarshalPKCS1PrivateKey(checkRSAKeyPair())), want: Passed, reason: "RSA 2048"},
		{check: "der-base64", name: "pkcs8", text: checkB64(checkPkcs8(t, checkEd25519Key())), want: Passed, reason: "Ed25519"},
		{check: "der-base64", name: "cut", text: checkB64(x509.MarshalPKCS1PrivateKey(checkRSAKeyPair()))[:400], want: Unchecked},
		{check: "der-base64", name: "public", text: checkB64(checkMustPublic(t)), want: Failed},
		{check: "der-base64", name: "random", text: "MIIE" + checkRandom(1, 400, checkAlnum), want: Failed},
		{check: "keystore", name: "private key", text: checkMakeStore(2, 1), raw: true, want: Passed, identity: []string{"alias=first"}},
		{check: "keystore", name: "certificates", text: checkMakeStore(2, 2), raw: true, want: Harmless},
		{check: "keystore", name: "cut", text: checkMakeStore(2, 2)[:50], raw: true, want: Unchecked},
		{check: "keystore", name: "other", text: "\xfe\xed\xfe\xed\xff\xff\xff\xff\xff\xff\xff\xff", raw: true, want: Failed},
		{check: "pem-base64", name: "ec", text: checkB64([]byte(checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkEcKey(t))))), want: Passed, reason: "EC P-256"},
		{check: "pem-base64", name: "other", text: checkB64([]byte(checkMakeArmour("CERTIFICATE", checkRandomBytes(1, 200)))), want: Failed},
		{check: "pem-base64", name: "no base64", text: "LS0t{{x}}", want: Failed},
		{check: "kubeconfig-key", name: "rsa", text: checkB64([]byte(checkMakeArmour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(checkRSAKeyPair())))), want: Passed},
		{check: "kubeconfig-key", name: "certificate", text: checkB64([]byte(checkMakeArmour("CERTIFICATE", checkRandomBytes(1, 200)))), want: Failed},
	}
}

func checkMustPublic(t testing.TB) []byte {
	der, err := x509.MarshalPKIXPublicKey(checkRSAKeyPair().Public())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func checkBlockCases(t testing.TB) []checkCase {
	rsaText := checkMakeArmour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(checkRSAKeyPair()))
	lines := strings.Split(strings.TrimSuffix(rsaText, "\n"), "\n")
	each := func(before, after string) string {
		return before + strings.Join(lines, after+"\n"+before) + after
	}
	ec, err := x509.MarshalECPrivateKey(checkEcKey(t))
	if err != nil {
		t.Fatal(err)
	}
	proc := checkArmourText("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"+checkHexRandom(1, 32)+"\n\n"+checkWrapped(checkB64(checkRandomBytes(1, 608)), 64))
	var cases []checkCase
	for name, text := range map[string]string{
		"as it stands":        rsaText,
		"CRLF":                strings.ReplaceAll(rsaText, "\n", "\r\n"),
		"escaped":             strings.ReplaceAll(rsaText, "\n", `\n`),
		"escaped twice":       strings.ReplaceAll(rsaText, "\n", `\\n`),
		"escaped CRLF":        strings.ReplaceAll(rsaText, "\n", `\r\n`),
		"unicode escape":      strings.ReplaceAll(rsaText, "\n", `\u000a`),
		"percent escape":      strings.ReplaceAll(rsaText, "\n", "%0A"),
		"XML escape":          strings.ReplaceAll(rsaText, "\n", "&#10;"),
		"one line":            strings.ReplaceAll(rsaText, "\n", " "),
		"no breaks":           strings.ReplaceAll(rsaText, "\n", ""),
		"indented":            each("    ", ""),
		"double quotes":       each(`  "`, `\n" +`),
		"quotes of C":         each(`"`, `\n"`),
		"single quotes":       each(`'`, `',`),
		"PHP":                 each(`'`, `' .`),
		"shell continuation":  each("", ` \`),
		"comment #":           each("# ", ""),
		"comment //":          each("// ", ""),
		"comment *":           each(" * ", ""),
		"quoted in Markdown":  each("> ", ""),
		"diff":                each("+ ", ""),
		"YAML list of quoted": each(`- "`, `"`),
	} {
		cases = append(cases, checkCase{check: "pem", name: name, text: text, want: Passed, reason: "key parses: RSA 2048", identity: []string{"type=RSA 2048", "fingerprint=*"}})
	}
	return append(cases, []checkCase{
		{check: "pem", name: "pkcs8 rsa", text: checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkRSAKeyPair())), want: Passed, reason: "RSA 2048"},
		{check: "pem", name: "after parameters", text: checkMakeArmour("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + checkMakeArmour("EC PRIVATE KEY", ec), want: Passed, reason: "EC P-256"},
		{check: "pem", name: "ec", text: checkMakeArmour("EC PRIVATE KEY", ec), want: Passed, reason: "EC P-256", identity: []string{"fingerprint=*"}},
		{check: "pem", name: "ed25519", text: checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkEd25519Key())), want: Passed, reason: "Ed25519"},
		{check: "pem", name: "dsa", text: checkMakeArmour("DSA PRIVATE KEY", checkDsaDER(t)), want: Passed, reason: "DSA 1024"},
		{check: "pem", name: "any", text: checkMakeArmour("ANY PRIVATE KEY", ec), want: Passed},
		{check: "pem", name: "encrypted pkcs8", text: checkMakeArmour("ENCRYPTED PRIVATE KEY", checkEncryptedDER(t)), want: Passed, reason: "encrypted with PBES2", lower: LowerToMedium},
		{check: "pem", name: "Proc-Type", text: proc, want: Passed, reason: "encrypted with aes-128-cbc", lower: LowerToLow},
		{check: "pem", name: "Proc-Type escaped", text: strings.ReplaceAll(proc, "\n", `\n`), want: Passed, reason: "encrypted", lower: LowerToLow},
		{check: "pem", name: "openssh", text: checkMakeArmour("OPENSSH PRIVATE KEY", checkOpensshKey("none")), want: Passed, reason: "key parses: Ed25519", identity: []string{"fingerprint=*"}},
		{check: "pem", name: "openssh encrypted", text: checkMakeArmour("OPENSSH PRIVATE KEY", checkOpensshKey("aes256-ctr")), want: Passed, reason: "encrypted with aes256-ctr", lower: LowerToMedium},
		{check: "pem", name: "openssh broken", text: checkMakeArmour("OPENSSH PRIVATE KEY", checkRandomBytes(1, 300)), want: Unchecked},
		{check: "pem", name: "pgp", text: checkPgpArmour(checkPgpKey(0)), want: Passed, reason: "PGP EdDSA", identity: []string{"user=Ann <ann@corp.example>", "fingerprint=*"}},
		{check: "pem", name: "pgp encrypted", text: checkPgpArmour(checkPgpKey(254, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 96)), want: Passed, reason: "encrypted", lower: LowerToMedium},
		{check: "pem", name: "pgp stub", text: checkPgpArmour(checkPgpKey(255, 0, 101, 0, 'G', 'N', 'U', 1)), want: Harmless},
		{check: "pem", name: "pgp changed", text: strings.Replace(checkPgpArmour(checkPgpKey(0)), "XwAAA", "XwAAB", 1), want: Unchecked},
		{check: "pem", name: "ssh2", text: checkMakeArmour("SSH2 ENCRYPTED PRIVATE KEY", append([]byte{0x3f, 0x6f, 0xf9, 0xeb, 0, 0, 0, 99}, checkSSHString([]byte("rsa"), []byte("3des-cbc"), checkRandomBytes(1, 64))...)), want: Passed, reason: "encrypted with 3des-cbc", lower: LowerToMedium},
		{check: "pem", name: "openvpn", text: checkArmourText("OpenVPN Static key V1", checkWrapped(checkHexRandom(1, 512), 32)), want: Passed},
		{check: "pem", name: "nats", text: checkArmourText("USER NKEY SEED", checkNkeySeed()), want: Passed, identity: []string{"type=user"}},
		{check: "pem", name: "body of a truncated key", text: strings.Join(lines[:12], "\n"), want: Unchecked},
		{check: "pem", name: "scrambled", text: checkArmourText("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA"+checkRandom(1, 1580, checkAlnum)), want: Unchecked},
		{check: "pem", name: "shortened", text: checkArmourText("RSA PRIVATE KEY", "MIIEpAIBAAKCAQEA...\n...\n"+checkRandom(1, 64, checkAlnum)), want: Failed},
		{check: "pem", name: "masked", text: checkArmourText("RSA PRIVATE KEY", strings.Repeat("x", 640)), want: Failed},
		{check: "pem", name: "variable", text: checkArmourText("RSA PRIVATE KEY", "{{ .Values.key }}"), want: Failed},
		{check: "pem", name: "words", text: checkArmourText("RSA PRIVATE KEY", "<paste your key here, it will be written to the file of the job>"), want: Failed},
		{check: "pem", name: "public", text: checkMakeArmour("PUBLIC KEY", checkMustPublic(t)), want: Failed},
	}...)
}

func TestBlockFingerprint(t *testing.T) {
	key := checkMakeArmour("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(checkRSAKeyPair()))
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		t.Fatal("sample does not parse")
	}
	for name, text := range map[string]string{"pkcs1": key, "pkcs8": checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkRSAKeyPair()))} {
		r := Check("pem", &Input{Secret: []byte(text), Text: []byte(text), End: len(text)})
		var want Result
		want.fingerprint(checkMustPublic(t), nil)
		if !checkHasField(r, "fingerprint", want.Identity[0].Value) {
			t.Errorf("%s: identity is %v, want %v", name, r.Identity, want.Identity)
		}
	}
}

func checkLoginCases() []checkCase {
	weak, strong := "hunter2", checkRandom(1, 20, checkAlnum)
	basic := func(user, password string) string { return checkB64([]byte(user + string(':') + password)) }
	mssql := checkJoinPairs(";", "Server", "tcp:db1.corp.internal,1433", "User ID", "app", "Password", strong)
	return []checkCase{
		{check: "password", name: "weak", text: weak, want: Unchecked},
		{check: "password", name: "variable", text: "${DB_PASSWORD}", want: Failed, reason: "variable"},
		{check: "password", name: "placeholder", text: "changeme", want: Failed, reason: "placeholder"},
		{check: "password", name: "placeholder let pass", text: "changeme", args: []string{"weak"}, want: Unchecked},
		{check: "password", name: "encrypted", text: "{" + checkB64(checkRandomBytes(1, 32)) + "}", want: Harmless},
		{check: "password", name: "short", text: "abc", args: []string{"min=4"}, want: Failed},

		{check: "bearer", name: "valid", text: strong, want: Unchecked},
		{check: "bearer", name: "variable", text: "$ACCESS_TOKEN", want: Failed},
		{check: "bearer", name: "placeholder", text: "your-access-token-here", want: Failed},
		{check: "bearer", name: "words", text: "some-random-token-of-mine", want: Failed},
		{check: "bearer", name: "short", text: "abc123", want: Failed},
		{check: "bearer", name: "jwt", text: checkJwtToken(map[string]any{"alg": "HS256"}, map[string]any{"exp": 1600000000}, checkRandomBytes(2, 32)), want: Passed, lower: LowerToLow},

		{check: "basic-auth", name: "valid", text: basic("ann", weak), want: Passed, identity: []string{"user=ann"}},
		{check: "basic-auth", name: "token without a user", text: basic("", strong), want: Passed},
		{check: "basic-auth", name: "token without a password", text: basic(strong, ""), want: Passed},
		{check: "basic-auth", name: "with the word", text: "Basic " + basic("ann", weak), want: Passed},
		{check: "basic-auth", name: "placeholder", text: basic("username", "password"), want: Failed},
		{check: "basic-auth", name: "documented", text: checkDocumentedLogin(), want: Harmless},
		{check: "basic-auth", name: "no colon", text: checkB64([]byte("some other text")), want: Failed},
		{check: "basic-auth", name: "binary", text: checkB64([]byte{1, 2, ':', 255, 254, 3}), want: Failed},
		{check: "basic-auth", name: "variable", text: "${BASIC_AUTH}", want: Failed},

		{check: "url-userinfo", name: "valid", text: checkLink("postgres", "app", weak, "db.corp.internal:5432"), want: Unchecked, identity: []string{"user=app", "host=db.corp.internal"}, secret: weak},
		{check: "url-userinfo", name: "within text", text: "url = \"\x03\x01" + checkLink("postgres", "app", strong, "db.corp.internal") + "\x02\x04\"", want: Unchecked, secret: strong},
		{check: "url-userinfo", name: "only the password", text: strings.Replace(checkLink("mysql", "app", "\x01"+strong+"\x02", "db.corp.internal"), "mysql", "see mysql", 1), want: Unchecked, identity: []string{"host=db.corp.internal"}},
		{check: "url-userinfo", name: "loopback", text: checkLink("postgres", "app", weak, "127.0.0.1:5432"), want: Unchecked, lower: LowerToMedium, secret: weak},
		{check: "url-userinfo", name: "IPv6 loopback", text: checkLink("postgres", "app", weak, "[::1]:5432"), want: Unchecked, lower: LowerToMedium},
		{check: "url-userinfo", name: "no user", text: checkLink("redis", "", strong, "cache.corp.internal"), want: Unchecked, secret: strong},
		{check: "url-userinfo", name: "several hosts", text: checkLink("mongodb", "app", strong, "m1.corp.internal:1,m2.corp.internal:2"), want: Unchecked, identity: []string{"host=m1.corp.internal"}},
		{check: "url-userinfo", name: "at and slash in the password", text: checkLink("postgres", "app", "a/b@c"+strong, "db.corp.internal"), want: Unchecked},
		{check: "url-userinfo", name: "default", text: checkLink("amqp", "guest", "guest", "mq.corp.internal"), args: []string{"default=guest:guest"}, want: Harmless},
		{check: "url-userinfo", name: "default user", text: checkLink("ftp", "anonymous", "ann@corp.internal", "ftp.corp.internal"), args: []string{"default=anonymous:*"}, want: Harmless},
		{check: "url-userinfo", name: "template", text: checkLink("postgres", "app", "${PW}", "db.corp.internal"), want: Failed, reason: "variable"},
		{check: "url-userinfo", name: "verb", text: checkLink("postgres", "%s", "%s", "%s"), want: Failed},
		{check: "url-userinfo", name: "angle brackets", text: checkLink("postgres", "<user>", "<password>", "<host>"), want: Failed},
		{check: "url-userinfo", name: "placeholder", text: checkLink("https", "user", "password", "db.corp.internal"), want: Failed},
		{check: "url-userinfo", name: "sample", text: checkLink("http", "username", "p@ss:word", "db.corp.internal"), want: Failed},
		{check: "url-userinfo", name: "mask", text: checkLink("https", "user", "*****", "db.corp.internal"), want: Failed},
		{check: "url-userinfo", name: "reserved host", text: checkLink("https", "ann", strong, "www.example.com"), want: Harmless},
		{check: "url-userinfo", name: "token for a user", text: strings.Replace(checkLink("https", strong, "x-oauth-basic", "git.corp.internal"), "/db", "", 1), args: []string{"user-token"}, want: Unchecked, secret: strong},
		{check: "url-userinfo", name: "no login", text: "https://db.corp.internal:80/a@b", want: Failed},

		{check: "conn-string", name: "mssql", text: mssql, want: Unchecked, identity: []string{"user=app", "host=db1.corp.internal"}, secret: strong},
		{check: "conn-string", name: "odbc", text: checkJoinPairs(";", "Driver", "{SQL Server}", "Server", "(local)", "Uid", "app", "Pwd", "{"+strong+"}"), want: Unchecked, lower: LowerToMedium, secret: strong},
		{check: "conn-string", name: "libpq", text: checkJoinPairs(" ", "host", "db.corp.internal", "user", "app", "password", "'"+strong+"'", "sslmode", "off"), want: Unchecked, secret: strong, identity: []string{"host=db.corp.internal"}},
		{check: "conn-string", name: "blanks, but no user", text: checkJoinPairs(" ", "host", "db.corp.internal", "password", strong), want: Failed},
		{check: "conn-string", name: "within quotes", text: "cs = \"\x03\x01" + mssql + ";Encrypt=True\x02\x04\";", want: Unchecked, secret: strong},
		{check: "conn-string", name: "azure", text: checkJoinPairs(";", "AccountName", "shop", "AccountKey", checkB64(checkRandomBytes(1, 64)), "EndpointSuffix", "core.windows.net"), args: []string{"key=AccountKey"}, want: Unchecked, secret: checkB64(checkRandomBytes(1, 64))},
		{check: "conn-string", name: "of the system", text: checkJoinPairs(";", "Server", "db1", "Integrated Security", "SSPI", "Password", strong), want: Failed},
		{check: "conn-string", name: "variable", text: checkJoinPairs(";", "Server", "db1", "User ID", "app", "Password", "$(DbPassword)"), want: Failed},
		{check: "conn-string", name: "placeholder", text: checkJoinPairs(";", "Server", "db1", "User ID", "app", "Password", "myPassword"), want: Failed},
		{check: "conn-string", name: "none", text: checkJoinPairs(";", "Server", "db1", "Database", "shop"), want: Failed},

		{check: "jdbc", name: "parameters", text: "jdbc:mysql://db.corp.internal/shop?" + checkJoinPairs("&", "user", "app", "password", strong, "useSSL", "no"), want: Unchecked, secret: strong, identity: []string{"user=app", "host=db.corp.internal"}},
		{check: "jdbc", name: "with its end", text: "x \x03\x01jdbc:mysql://db.corp.internal/shop?" + checkJoinPairs("&", "user", "app", "password", strong) + "\x02)\r\n\x04", want: Unchecked, secret: strong},
		{check: "jdbc", name: "sqlserver", text: "jdbc:sqlserver://localhost:1433;" + checkJoinPairs(";", "user", "app", "password", strong), want: Unchecked, lower: LowerToMedium, secret: strong},
		{check: "jdbc", name: "XML", text: "jdbc:mysql://db.corp.internal/shop?" + checkJoinPairs("&amp;", "user", "app", "password", strong), want: Unchecked, secret: strong},
		{check: "jdbc", name: "oracle thin", text: "jdbc:oracle:thin:app/" + strong + "@db.corp.internal:1521:XE", want: Unchecked, secret: strong, identity: []string{"host=db.corp.internal"}},
		{check: "jdbc", name: "userinfo", text: "jdbc:" + checkLink("postgresql", "app", strong, "db.corp.internal"), want: Unchecked, secret: strong},
		{check: "jdbc", name: "variable", text: "jdbc:mysql://db/shop?" + checkJoinPairs("&", "user", "app", "password", "${DB_PASS}"), want: Failed},
		{check: "jdbc", name: "none", text: "jdbc:mysql://db.corp.internal/shop", want: Failed},
	}
}

func checkHashCases() []checkCase {
	h := func(n int) string { return checkRandom(1, n, checkAlnum+"./") }
	obscured := func() string {
		// The vector and text of all zero bytes decode to no text.
		return base64.RawURLEncoding.EncodeToString(make([]byte, 24))
	}
	return []checkCase{
		{check: "crypt-hash", name: "bcrypt", text: "$2b$12$" + h(53), want: Unchecked, reason: "bcrypt"},
		{check: "crypt-hash", name: "bcrypt short", text: "$2b$12$" + h(52), want: Failed},
		{check: "crypt-hash", name: "bcrypt cost", text: "$2b$99$" + h(53), want: Failed},
		{check: "crypt-hash", name: "md5", text: "$1$abcdefgh$" + h(22), want: Unchecked},
		{check: "crypt-hash", name: "sha256", text: "$5$rounds=5000$abcdefgh$" + h(43), want: Unchecked},
		{check: "crypt-hash", name: "sha512", text: "$6$abcdefgh$" + h(86), want: Unchecked},
		{check: "crypt-hash", name: "yescrypt", text: "$y$j9T$" + h(20) + "$" + h(43), want: Unchecked},
		{check: "crypt-hash", name: "masked", text: "$6$abcdefgh$" + strings.Repeat("x", 86), want: Failed},
		{check: "argon2", name: "valid", text: "$argon2id$v=19$m=65536,t=3,p=4$" + checkRandom(1, 22, checkAlnum) + "$" + checkRandom(2, 43, checkAlnum), want: Unchecked},
		{check: "argon2", name: "short", text: "$argon2id$v=19$m=65536,t=3,p=4$" + h(22) + "$" + h(8), want: Failed},
		{check: "htpasswd", name: "apr1", text: "ann:$apr1$abcdefgh$" + h(22), want: Unchecked, identity: []string{"user=ann"}},
		{check: "htpasswd", name: "sha", text: "ann:{SHA}" + checkB64(checkRandomBytes(1, 20)), want: Unchecked},
		{check: "htpasswd", name: "des", text: "ann:" + h(13), want: Unchecked},
		{check: "htpasswd", name: "other", text: "ann:something else", want: Failed},
		{check: "cisco", name: "type 5", text: "enable secret 5 \x01$1$abcd$" + h(22) + "\x02", want: Unchecked, reason: "md5"},
		{check: "cisco", name: "type 9", text: "enable secret 9 \x01$9$" + h(14) + "$" + h(43) + "\x02", want: Unchecked},
		{check: "cisco", name: "type 7", text: "password 7 \x01" + checkMakeReversible("letmein9") + "\x02", want: Passed},
		{check: "cisco", name: "type 7 broken", text: "password 7 \x01" + "00ffff\x02", want: Failed},
		{check: "cisco", name: "plain", text: "password 0 \x01hunter2\x02", want: Unchecked},
		{check: "cisco", name: "type 6", text: "password 6 \x01" + h(30) + "\x02", want: Harmless},
		{check: "rclone", name: "valid", text: checkRcloneSample(), want: Passed},
		{check: "rclone", name: "other", text: obscured(), want: Failed},
		{check: "rclone", name: "plain", text: "hunter2", want: Failed},
	}
}

// checkMakeReversible returns the type 7 form of a password.
func checkMakeReversible(password string) string {
	const offset = 4
	table := []byte{0x3b, 0x6b, 0x66, 0x6f, 0x41, 0x2c, 0x2e, 0x69}
	out := fmt.Sprintf("%02d", offset)
	for i := range len(password) {
		out += fmt.Sprintf("%02X", password[i]^table[i%len(table)])
	}
	return out
}

// checkRcloneSample is the obscured form of "potato" under a vector of letters a.
func checkRcloneSample() string {
	return base64.RawURLEncoding.EncodeToString(append(bytes.Repeat([]byte("a"), 16), 0x73, 0x1a, 0x1a, 0x02, 0x25, 0x11))
}

func checkKubeCases(t testing.TB) []checkCase {
	manifest := func(member, value string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\n" + member + ":\n  other: dmFsdWU=\n  \x03db: \x01" + value + "\x02\x04\n"
	}
	login := checkB64([]byte("ann" + string(':') + "hunter2"))
	return []checkCase{
		{check: "docker-auth", name: "valid", text: login, want: Passed, identity: []string{"user=ann"}},
		{check: "docker-auth", name: "no colon", text: checkB64([]byte("nothing")), want: Failed},
		{check: "dockerconfigjson", name: "valid", text: checkB64([]byte(`{"auths":{"registry.corp.internal":{"auth":"` + login + `"}}}`)), want: Passed, identity: []string{"host=registry.corp.internal", "user=ann"}},
		{check: "dockerconfigjson", name: "password", text: checkB64([]byte(`{"auths":{"https://registry.corp.internal/v1/":{"username":"ann","password":"` + weak() + `"}}}`)), want: Passed, identity: []string{"host=registry.corp.internal"}},
		{check: "dockerconfigjson", name: "no login", text: checkB64([]byte(`{"auths":{}}`)), want: Failed},
		{check: "dockerconfigjson", name: "template", text: "{{ .Values.dockerconfig }}", want: Failed},
		{check: "k8s-secret", name: "valid", text: manifest("data", checkB64([]byte("hunter2"))), want: Unchecked},
		{check: "k8s-secret", name: "plain", text: manifest("stringData", "hunter2"), want: Unchecked},
		{check: "k8s-secret", name: "in a list", text: "items:\n- " + strings.ReplaceAll(manifest("data", checkB64([]byte("hunter2"))), "\n", "\n  "), want: Unchecked},
		{check: "k8s-secret", name: "of the metadata", text: manifest("metadata", checkB64([]byte("hunter2"))), want: Failed},
		{check: "k8s-secret", name: "of another kind", text: strings.Replace(manifest("data", checkB64([]byte("hunter2"))), "kind: Secret", "kind: ConfigMap", 1), want: Failed},
		{check: "k8s-secret", name: "of another document", text: "kind: Secret\n---\nkind: ConfigMap\ndata:\n  a: \x01" + checkB64([]byte("hunter2")) + "\x02\n", want: Failed},
		{check: "k8s-secret", name: "key", text: manifest("data", checkB64([]byte(checkMakeArmour("PRIVATE KEY", checkPkcs8(t, checkEd25519Key()))))), want: Passed},
		{check: "k8s-secret", name: "certificate", text: manifest("data", checkB64([]byte(checkMakeArmour("CERTIFICATE", checkRandomBytes(1, 99))))), want: Failed},
		{check: "k8s-secret", name: "user", text: strings.Replace(manifest("data", checkB64([]byte("hunter2"))), "db:", "username:", 1), want: Failed},
		{check: "k8s-secret", name: "named for a certificate", text: strings.Replace(manifest("data", checkB64([]byte("hunter2"))), "db:", "tls.crt:", 1), want: Failed},
		{check: "k8s-secret", name: "placeholder", text: manifest("data", checkB64([]byte("changeme"))), want: Failed},
		{check: "k8s-secret", name: "template", text: manifest("data", "{{ .Values.password | b64enc }}"), want: Failed},
	}
}

// weak returns a password that is a word and a digit, which checks let pass.
func weak() string { return fmt.Sprintf("hunter%d", 2) }
