package judge

// WordLines is how many lines from that of a word on, itself included, a
// candidate it names may begin on.
const WordLines = 4

// Words returns the lower-case words one of which stands on the line of every
// candidate, or at most WordLines-1 lines before it, unless its form needs none:
// URL user info needs "://" and runs and UUIDs need [RunLength] bytes of letters,
// digits and +/_- in a row. Each stands less than once in ten kilobytes of
// ordinary Go.
func Words() []string {
	return []string{
		"pass", "pwd=", "pwd:", "pwd\"", "pwd'", "pwd ", "_pwd", "pwd>", "pwd(", "_pw=", "_pw ", "_pw:", "secret", "token", "auth", "cred", "bearer", "basic ",
		"_key", "-key", "key\"", "key'", "key=", "key:", "key =", "key :", "key]", "keyauth",
		"apikey", "accesskey", "appkey", "aeskey", "setkey", "private", "encrypt", "cipher",
		"session", "cookie", "csrf", "salt", "nonce", "signature", "sig=", "sig\"", "hmac", "seed", "mnemonic",
		"identified by", "securestring", "code=", "code\"", "otp=", "dsn=", " -p ", " -p\"", " -u ", " -w ",
	}
}
