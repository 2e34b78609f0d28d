package fixhard

import "os"

var smtpPassword = "$WORD" // want `in smtpPassword`

func g() {
	use(os.Args)
	use(smtpPassword)
}
