package fixhard

import "os"

var smtpPassword = "$WORD" // want `in smtpPassword`

func g() {
	use(os.Args)
	use(smtpPassword)
}

func getenv(name, def string) string { return def }

var fallback = getenv("DB_PASSWORD", "$WORD") // want `as the default of DB_PASSWORD`
