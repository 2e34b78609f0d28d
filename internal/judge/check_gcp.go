package judge

import "strings"

// checkGCPServiceAccount verifies the key file of a service account: its type,
// key id, mail and private key.
func checkGCPServiceAccount(in *Input) Result {
	obj, ok := checkEnclosing(in, "private_key")
	if !ok {
		return checkUnchecked("the object around it does not parse")
	}
	if checkJSONString(obj, "type") != "service_account" {
		return checkFailed("type is not service_account")
	}
	key := checkJSONString(obj, "private_key")
	if ok, why := Plausible([]byte(key)); !ok {
		return checkFailed("private key is " + why)
	}
	id, email := checkJSONString(obj, "private_key_id"), checkJSONString(obj, "client_email")
	r := checkArmour([]byte(key))
	if r.Verdict == Failed {
		return r
	}
	var full Result
	full.Verdict, full.Reason = r.Verdict, r.Reason
	switch {
	case len(id) != 40 || !checkAll(id, checkIsHex), !strings.HasSuffix(email, ".gserviceaccount.com"):
		full.Verdict, full.Reason = Unchecked, "key id or mail is not that of the format"
	case r.Verdict == Passed:
		full.Reason = "key file parses: " + strings.TrimPrefix(r.Reason, "key parses: ")
	}
	full.identify("email", email)
	if checkAll(id, checkIsHex) {
		full.identify("key-id", id)
	}
	full.identify("project", checkJSONString(obj, "project_id"))
	full.Identity = append(full.Identity, r.Identity...)
	return full
}

// checkGCPADC verifies application default credentials: an object of type
// authorized_user with a client and a refresh token.
func checkGCPADC(in *Input) Result {
	obj, ok := checkEnclosing(in, "refresh_token")
	if !ok {
		return checkUnchecked("the object around it does not parse")
	}
	if checkJSONString(obj, "type") != "authorized_user" {
		return checkFailed("type is not authorized_user")
	}
	token, client := checkJSONString(obj, "refresh_token"), checkJSONString(obj, "client_id")
	if ok, why := Plausible([]byte(token)); !ok {
		return checkFailed("refresh token is " + why)
	}
	r := checkPassed("file parses")
	if !strings.HasPrefix(token, "1/") || checkJSONString(obj, "client_secret") == "" || !strings.HasSuffix(client, ".apps.googleusercontent.com") {
		r = checkUnchecked("a field is not that of the format")
	}
	r.identify("client-id", client)
	r.identify("project", checkJSONString(obj, "quota_project_id"))
	return r
}
