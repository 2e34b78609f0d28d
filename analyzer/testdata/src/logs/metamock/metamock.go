// Package metamock stands in for a service in tests.
package metamock

import (
	"fmt"
	"net/http"
)

func answer(w http.ResponseWriter, r *http.Request, accessToken string) {
	fmt.Fprint(w, accessToken)
	fmt.Println(accessToken, r.FormValue("password"))
}
