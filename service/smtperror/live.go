package smtperror

import "context"

// live asks DNS whether the stated cause can be seen at this moment.
func live(ctx context.Context, src Sources, req Request, k known) Live {
	if req.SkipLive || src.DNS == nil {
		return Live{Note: "DNS was not asked."}
	}
	return Live{Note: "DNS does not decide this cause."}
}
