//! The vocabulary of the invented company: departments, teams, products, components, hosts.

/// A department's area of work, from which teams are made.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Name of the team and prefix of its namespaces.
    pub team: &'static str,
    /// The department it reports to.
    pub department: &'static str,
    /// What the team builds; each becomes a namespace.
    pub products: &'static [&'static str],
    /// True if customers or partners reach it from the internet.
    pub public: bool,
}

const fn area(
    team: &'static str,
    department: &'static str,
    public: bool,
    products: &'static [&'static str],
) -> Area {
    Area { team, department, products, public }
}

/// The areas, the best known first: small fleets use the first ones only.
pub const AREAS: &[Area] = &[
    area("storefront", "shops", true, &["web", "home", "pages", "media", "consent"]),
    area("payments", "payments", true, &["gateway", "cards", "wallets", "refunds", "ledger"]),
    area("checkout", "shops", true, &["basket", "orders", "vouchers", "delivery-slots"]),
    area("logistics", "logistics", false, &["warehouse", "routing", "carriers", "customs"]),
    area("data-platform", "data", false, &["lake", "airflow", "notebooks", "streams", "metadata"]),
    area("internal-tools", "internal-tools", false, &["intranet", "wiki", "holidays", "forms"]),
    area("catalog", "shops", true, &["products", "prices", "images", "feeds", "redirects"]),
    area("platform", "platform", false, &["grafana", "registry", "argocd", "vault", "dns"]),
    area("search", "shops", true, &["query", "suggest", "ranking", "index"]),
    area("customer-accounts", "shops", true, &["login", "profile", "preferences", "loyalty"]),
    area("fraud", "payments", false, &["scoring", "cases", "rules", "devices"]),
    area("returns", "logistics", true, &["portal", "labels", "inspection"]),
    area("store-ops", "stores", false, &["tills", "stock", "rota", "kiosks"]),
    area("analytics", "data", false, &["dashboards", "experiments", "forecast", "reports"]),
    area("identity", "platform", true, &["sso", "directory", "tokens"]),
    area("shipping", "logistics", true, &["tracking", "parcels", "pickup", "couriers"]),
    area("marketing", "marketing", true, &["campaigns", "newsletter", "landing", "affiliates"]),
    area("billing", "payments", true, &["invoices", "statements", "tax", "dunning"]),
    area("people", "internal-tools", false, &["hiring", "payroll", "learning"]),
    area("suppliers", "supply", true, &["portal", "orders", "contracts", "quality"]),
    area("pricing", "supply", false, &["engine", "markdown", "simulation"]),
    area("mobile", "shops", true, &["bff", "push", "config", "scan"]),
    area("machine-learning", "data", false, &["models", "features", "labelling", "serving"]),
    area("observability", "platform", false, &["metrics", "logs", "traces", "alerts"]),
    area("gift-cards", "payments", true, &["issue", "redeem", "balance"]),
    area("customer-care", "shops", true, &["tickets", "chat", "voice", "knowledge"]),
    area("security", "platform", false, &["scanner", "secrets", "audit"]),
    area("wholesale", "supply", true, &["orders", "quotes", "accounts"]),
    area("finance", "internal-tools", false, &["accounts", "treasury", "planning"]),
    area("build", "platform", false, &["runners", "artifacts", "previews", "quality-gate"]),
];

/// Where a team works when there are more teams than areas.
pub const MARKETS: &[&str] = &[
    "uk", "ie", "nl", "be", "de", "at", "fr", "es", "pt", "it", "dk", "se", "no", "fi", "pl", "cz",
];

/// What an application does; joined to a product it names Ingresses and Services.
pub const COMPONENTS: &[&str] = &[
    "api",
    "web",
    "admin",
    "webhooks",
    "gateway",
    "auth",
    "docs",
    "events",
    "graphql",
    "reports",
    "export",
    "import",
    "status",
    "search",
    "uploads",
    "callback",
    "partner",
    "bff",
    "assets",
    "scheduler",
    "console",
    "notifier",
    "proxy",
    "sync",
    "render",
    "cache",
    "feed",
    "lookup",
];

/// What tells a second Ingress of the same application from the first.
pub const VARIANTS: &[&str] = &["internal", "redirect", "legacy", "v2", "partners", "public"];

/// Paths below a host.
pub const PATHS: &[&str] = &[
    "/api",
    "/api/v1",
    "/api/v2",
    "/static",
    "/assets",
    "/graphql",
    "/webhooks",
    "/docs",
    "/admin",
    "/callback",
    "/oauth2",
    "/ws",
    "/events",
    "/upload",
    "/search",
    "/reports",
    "/internal",
    "/partner",
    "/feed",
    "/export",
    "/login",
    "/basket",
    "/orders",
    "/images",
    "/status",
    "/.well-known/assetlinks.json",
];

/// Cost centres, a label that is not an owner.
pub const COST_CENTRES: &[&str] = &["cc-1040", "cc-1180", "cc-2010", "cc-2230", "cc-3100"];

/// People whose names stand in as owners where a team was not written down.
pub const PEOPLE: &[&str] = &[
    "a.lindqvist",
    "b.okafor",
    "c.moreau",
    "d.hartley",
    "e.santos",
    "f.nowak",
    "g.iyer",
    "h.byrne",
];
