//! What stands beside a cluster: the Prometheus that scrapes its controllers, and the way to its
//! load balancers.

use sandbox::certificates::Issuer;
use sandbox::hands::Clock;
use sandbox::prometheus;
use sandbox::tls_endpoint::TlsEndpoint;

use super::fill::Filled;

/// Both, for one cluster.
pub(crate) struct Beside {
    pub(crate) prometheus: prometheus::Server,
    pub(crate) tls: TlsEndpoint,
}

impl Beside {
    pub(crate) async fn start(filled: &mut Filled, clock: &Clock) -> anyhow::Result<Self> {
        let tls = TlsEndpoint::start(Issuer::new(filled.seed)?, filled.otherwise.clone()).await?;
        for (host, what) in std::mem::take(&mut filled.served) {
            tls.serve(&host, what);
        }
        let traffic = std::mem::take(&mut filled.traffic);
        let options = prometheus::Options::new(clock.clone());
        let prometheus = prometheus::Server::start(traffic, options).await?;
        Ok(Self { prometheus, tls })
    }

    pub(crate) async fn stop(self) {
        self.prometheus.stop().await;
        self.tls.stop().await;
    }
}
