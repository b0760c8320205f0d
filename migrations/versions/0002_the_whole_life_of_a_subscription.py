"""the whole life of a subscription."""

import sqlalchemy as sa
from alembic import op

import paywall.database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_notices")),
        sa.UniqueConstraint("kind", "cause", name=op.f("uq_admin_notices_kind_cause")),
    )
    with op.batch_alter_table("admin_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_notices_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "comparisons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_dry", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("compared", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("foreign", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons")),
    )
    op.create_table(
        "cursors",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "comparison_seen",
        sa.Column("comparison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["comparisons.id"],
            name=op.f("fk_comparison_seen_comparison_id_comparisons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comparison_id", "stripe_id", name=op.f("pk_comparison_seen")),
    )
    with op.batch_alter_table("comparison_seen", schema=None) as batch_op:
        batch_op.create_index("ix_comparison_seen_stripe_id", ["stripe_id"], unique=False)

    op.create_table(
        "drifts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comparison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"], ["comparisons.id"], name=op.f("fk_drifts_comparison_id_comparisons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
    )
    with op.batch_alter_table("drifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drifts_comparison_id"), ["comparison_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("payment_id", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_payments_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_payments_stripe_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_refunds_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_refunds_stripe_id")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_publisher_id"), ["publisher_id"], unique=False)

    op.create_table(
        "cancellation_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("asked_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("done_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("via IN ('account', 'link')", name=op.f("ck_cancellation_requests_via_is_known")),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("fk_cancellation_requests_publisher_id_publishers")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_cancellation_requests_reader_id_readers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_requests")),
    )
    with op.batch_alter_table("cancellation_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cancellation_requests_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cancellation_requests_subscription_id"), ["subscription_id"], unique=False)
        batch_op.create_index(
            "uq_cancellation_requests_open",
            ["subscription_id"],
            unique=True,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "disputes",
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_disputes_publisher_id_publishers")),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_disputes_reader_id_readers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_disputes_stripe_id")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_publisher_id"), ["publisher_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disputes_subscription_id"), ["subscription_id"], unique=False)

    op.create_table(
        "mail_switches",
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_mail_switches_reader_id_readers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reader_id", "kind", name=op.f("pk_mail_switches")),
    )
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("percent_off", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("amount_off_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("duration", sa.String(), nullable=False),
        sa.Column("months", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("starts_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("max_redemptions", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("archived_at", paywall.database.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(duration = 'repeating') = (months IS NOT NULL)", name=op.f("ck_offers_months_if_repeating")
        ),
        sa.CheckConstraint(
            "(amount_off_minor IS NULL) = (currency IS NULL)", name=op.f("ck_offers_amount_has_currency")
        ),
        sa.CheckConstraint("(percent_off IS NULL) <> (amount_off_minor IS NULL)", name=op.f("ck_offers_one_reduction")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_offers_plan_id_plans")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_offers_publisher_id_publishers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("publisher_id", "slug", name=op.f("uq_offers_publisher_id_slug")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offers_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "trials",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publisher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("card_fingerprint", sa.String(), nullable=True),
        sa.Column("was_refused", sa.Boolean(), nullable=False),
        sa.Column("began_at", paywall.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_trials_publisher_id_publishers")),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["readers.id"], name=op.f("fk_trials_reader_id_readers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_trials_subscription_id")),
    )
    with op.batch_alter_table("trials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trials_address_key"), ["address_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_trials_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(
            "uq_trials_card",
            ["publisher_id", "card_fingerprint"],
            unique=True,
            sqlite_where=sa.text("card_fingerprint IS NOT NULL AND NOT was_refused"),
            postgresql_where=sa.text("card_fingerprint IS NOT NULL AND NOT was_refused"),
        )

    with op.batch_alter_table("billing_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("was_swept", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("checkouts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "trial_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0"
            )
        )
        batch_op.add_column(sa.Column("coupon", sa.String(), nullable=True))

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_customers_reader_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_customers_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(
            "uq_customers_reader",
            ["reader_id"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tax_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("discount_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("opened_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paid_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("was_attempted", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("next_attempt_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("needs_action", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("is_processing", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("dispute", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("keeps_until", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.alter_column("reader_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_invoices_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_paid_at"), ["paid_at"], unique=False)
        batch_op.drop_constraint(batch_op.f("fk_invoices_reader_id_readers"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_invoices_reader_id_readers"), "readers", ["reader_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsubscribe_url", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("written_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", paywall.database.UtcDateTime(timezone=True), nullable=True))

    op.execute("UPDATE outbox_mails SET written_at = created_at")
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.alter_column("written_at", existing_type=paywall.database.UtcDateTime(timezone=True), nullable=False)

    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "trial_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0"
            )
        )
        batch_op.add_column(
            sa.Column(
                "tax_basis_points",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=False,
                server_default="0",
            )
        )

    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("canceled_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_because", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("resumes_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("is_paused_for_dispute", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("schedule_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("next_price_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("next_lookup_key", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("next_change_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("has_pending_update", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("discount_percent", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("discount_minor", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("discount_ends_at", paywall.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("card_brand", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("card_last4", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("card_exp_month", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("card_exp_year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_subscriptions_period_end_at"), ["period_end_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriptions_period_end_at"))
        batch_op.drop_column("card_exp_year")
        batch_op.drop_column("card_exp_month")
        batch_op.drop_column("card_last4")
        batch_op.drop_column("card_brand")
        batch_op.drop_column("discount_ends_at")
        batch_op.drop_column("discount_minor")
        batch_op.drop_column("discount_percent")
        batch_op.drop_column("has_pending_update")
        batch_op.drop_column("next_change_at")
        batch_op.drop_column("next_lookup_key")
        batch_op.drop_column("next_price_id")
        batch_op.drop_column("schedule_id")
        batch_op.drop_column("is_paused_for_dispute")
        batch_op.drop_column("resumes_at")
        batch_op.drop_column("ended_because")
        batch_op.drop_column("canceled_at")

    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_column("tax_basis_points")
        batch_op.drop_column("trial_days")

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("written_at")
        batch_op.drop_column("unsubscribe_url")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invoices_reader_id_readers"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_invoices_reader_id_readers"), "readers", ["reader_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.drop_index(batch_op.f("ix_invoices_paid_at"))
        batch_op.drop_index(batch_op.f("ix_invoices_opened_at"))
        batch_op.alter_column("reader_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("keeps_until")
        batch_op.drop_column("reason")
        batch_op.drop_column("dispute")
        batch_op.drop_column("is_processing")
        batch_op.drop_column("needs_action")
        batch_op.drop_column("next_attempt_at")
        batch_op.drop_column("was_attempted")
        batch_op.drop_column("paid_at")
        batch_op.drop_column("opened_at")
        batch_op.drop_column("discount_minor")
        batch_op.drop_column("tax_minor")

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customers_reader",
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customers_reader_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_customers_reader_id"), ["reader_id"])
        batch_op.drop_column("deleted_at")

    with op.batch_alter_table("checkouts", schema=None) as batch_op:
        batch_op.drop_column("coupon")
        batch_op.drop_column("trial_days")

    with op.batch_alter_table("billing_events", schema=None) as batch_op:
        batch_op.drop_column("was_swept")

    with op.batch_alter_table("trials", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_trials_card",
            sqlite_where=sa.text("card_fingerprint IS NOT NULL AND NOT was_refused"),
            postgresql_where=sa.text("card_fingerprint IS NOT NULL AND NOT was_refused"),
        )
        batch_op.drop_index(batch_op.f("ix_trials_reader_id"))
        batch_op.drop_index(batch_op.f("ix_trials_address_key"))

    op.drop_table("trials")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_plan_id"))

    op.drop_table("offers")
    op.drop_table("mail_switches")
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputes_subscription_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_reader_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_publisher_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_disputes_at"))

    op.drop_table("disputes")
    with op.batch_alter_table("cancellation_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cancellation_requests_open",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cancellation_requests_subscription_id"))
        batch_op.drop_index(batch_op.f("ix_cancellation_requests_reader_id"))

    op.drop_table("cancellation_requests")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_publisher_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_at"))

    op.drop_table("refunds")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_publisher_id"))
        batch_op.drop_index(batch_op.f("ix_payments_payment_id"))
        batch_op.drop_index(batch_op.f("ix_payments_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_payments_at"))

    op.drop_table("payments")
    with op.batch_alter_table("drifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drifts_comparison_id"))

    op.drop_table("drifts")
    with op.batch_alter_table("comparison_seen", schema=None) as batch_op:
        batch_op.drop_index("ix_comparison_seen_stripe_id")

    op.drop_table("comparison_seen")
    op.drop_table("cursors")
    op.drop_table("comparisons")
    with op.batch_alter_table("admin_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admin_notices_publisher_id"))

    op.drop_table("admin_notices")
