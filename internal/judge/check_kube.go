package judge

import (
	"bytes"
	"slices"
	"strings"
)

// checkDockerAuth verifies the value of "auth" in a configuration of Docker:
// base64 of user:password.
func checkDockerAuth(in *Input) Result { return checkUserPassword(in, in.Secret) }

// checkDockerConfigJSON verifies the base64 of a configuration of Docker that
// has logins.
func checkDockerConfigJSON(in *Input) Result {
	if ok, why := Plausible(in.Secret); !ok {
		return checkFailed("value is " + why)
	}
	data, ok := checkDecodeBase64(in.Secret)
	if !ok {
		return checkFailed("not base64")
	}
	obj, ok := checkObject(data)
	if !ok {
		return checkFailed("holds no JSON object")
	}
	auths, ok := obj["auths"].(map[string]any)
	if !ok {
		// The older file has the hosts at the top.
		auths = obj
	}
	hosts := make([]string, 0, len(auths))
	for host := range auths {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	best := checkFailed("holds no login")
	for _, host := range hosts[:min(len(hosts), 16)] {
		login, ok := auths[host].(map[string]any)
		if !ok {
			continue
		}
		r := checkDockerLogin(in, login)
		if r.Verdict == Passed || best.Verdict == Failed && r.Verdict != Failed || best.Reason == "holds no login" {
			r.identify("host", checkServerHost(host))
			best = r
		}
		if best.Verdict == Passed {
			break
		}
	}
	return best
}

func checkDockerLogin(in *Input, login map[string]any) Result {
	if auth := checkJSONString(login, "auth"); auth != "" {
		return checkUserPassword(in, []byte(auth))
	}
	for _, name := range [...]string{"password", "identitytoken", "registrytoken"} {
		if v := checkJSONString(login, name); v != "" {
			if r, bad := checkJudgePassword(in, []byte(v)); bad {
				return r
			}
			r := checkPassed("holds a login")
			r.identify("user", checkJSONString(login, "username"))
			return r
		}
	}
	return checkFailed("holds no login")
}

// checkK8sSecret judges a value in the manifest of a Secret: of data, base64
// of what is no placeholder and no certificate; of stringData, the same plain.
func checkK8sSecret(in *Input) Result {
	member, ok := checkK8sPlace(in)
	if !ok {
		return checkFailed("not among the data of a Secret")
	}
	if checkIsPublicKey(checkKey(in)) {
		return checkFailed("its name speaks of no secret")
	}
	s := checkTrimValue(in.Secret)
	if ok, why := Plausible(s); !ok {
		return checkFailed("value is " + why)
	}
	data := s
	if member == "data" {
		if data, ok = checkDecodeBase64(s); !ok || len(s)%4 != 0 {
			return checkFailed("not base64")
		}
		data = bytes.TrimSpace(data)
	}
	if len(data) == 0 {
		return checkFailed("empty")
	}
	if checkIsFlat(data) && len(data) > 4 {
		return checkFailed("masked")
	}
	if bytes.Contains(data, []byte("PRIVATE KEY")) && bytes.Contains(data, []byte("BEGIN ")) {
		return checkArmour(data)
	}
	if strings.HasPrefix(string(data[:min(len(data), 16)]), "-----BEGIN ") {
		return checkFailed("a certificate or public key")
	}
	if r, bad := checkJudgePassword(in, data); bad {
		r.Reason = strings.Replace(r.Reason, "password is", "value is", 1)
		return r
	}
	return checkUnchecked("a plausible value")
}

// checkKey returns the name that a line of YAML gives a value.
func checkKey(in *Input) string {
	lo, _ := in.matched()
	at := bytes.LastIndexByte(in.Text[:min(lo, in.Start)], '\n') + 1
	key, _, _ := bytes.Cut(in.Text[at:in.Start], []byte(":"))
	return strings.ToLower(string(bytes.Trim(key, "\"'- \t")))
}

// checkIsPublicKey reports whether what stands under a key in the data of a
// Secret may be known: a certificate, a user or a place.
func checkIsPublicKey(key string) bool {
	switch key {
	case "user", "username", "login", "email", "host", "hostname", "port", "database", "dbname", "region", "bucket", "endpoint", "namespace", "ca", "tls.ca":
		return true
	}
	return strings.HasSuffix(key, ".crt") || strings.HasSuffix(key, ".cer") || strings.HasSuffix(key, ".pub")
}
