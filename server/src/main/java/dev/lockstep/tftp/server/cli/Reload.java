package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.ReloadablePolicy;
import dev.lockstep.tftp.server.internal.metrics.ReloadCounters;
import dev.lockstep.tftp.server.internal.service.ServiceNotifier;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.RulePolicy;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Reloads the configuration file on SIGHUP. A valid file applies to new requests from then on; if it has an error, the
 * previous configuration stays in effect.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    /** Mixins whose flags apply to each request; all other flags take effect at the start only. */
    private static final Set<String> FOR_REQUESTS = Set.of("storage", "origin", "limits", "network");

    private final ReloadablePolicy<RulePolicy> policy;
    private final Optional<ServiceNotifier> manager;
    private final ReloadCounters counters;
    private final Optional<RunningConfiguration> shown;
    private Configuration configuration;
    private TftpdCommand command;

    Reload(
            Configuration configuration,
            TftpdCommand command,
            ReloadablePolicy<RulePolicy> policy,
            Optional<ServiceNotifier> manager,
            ReloadCounters counters,
            Optional<RunningConfiguration> shown) {
        this.shown = shown;
        this.counters = counters;
        this.manager = manager;
        this.configuration = configuration;
        this.command = command;
        this.policy = policy;
    }

    /** Reads the file and applies it. Logs its errors and keeps the previous configuration if there are any. */
    synchronized void reload() {
        manager.ifPresent(ServiceNotifier::reloading);
        try {
            readAgain();
        } finally {
            manager.ifPresent(ServiceNotifier::reloaded);
        }
    }

    private void readAgain() {
        try {
            Configuration next = configuration.again();
            TftpdCommand read = Invocation.parsed(next);
            RulePolicy rules = next.locating(() -> read.rulesInPlaceOf(command));
            Set<String> restart = next.differences(configuration, flagsForRequests());
            policy.replace(rules);
            configuration = next;
            command = read;
            counters.succeeded();
            shown.ifPresent(page -> page.replaced(rules));
            LOG.info("configuration reloaded: {} rules", rules.size());
            rules.warnings().forEach(warning -> LOG.warn("{}", warning));
            StartReport.warnOfUnwritable(rules.storages());
            if (!restart.isEmpty()) {
                LOG.warn("changed settings that need a restart: {}", String.join(", ", restart));
            }
            return;
        } catch (ConfigException | IOException | IllegalArgumentException e) {
            Invocation.problemsOf(e).forEach(problem -> LOG.error("{}", problem));
            LOG.error("reload failed, keeping the previous configuration");
            shown.ifPresent(page -> page.kept(Invocation.problemsOf(e)));
        } catch (RuntimeException e) {
            LOG.error("reload failed: {}: keeping the previous configuration", e.toString());
            shown.ifPresent(page -> page.kept(List.of(e.toString())));
        }
        counters.failed();
    }

    private static Set<String> flagsForRequests() {
        Set<String> flags = new TreeSet<>();
        CommandSpec spec = Invocation.commandLine(new TftpdCommand()).getCommandSpec();
        FOR_REQUESTS.forEach(mixin -> spec.mixins()
                .get(mixin)
                .options()
                .forEach(option -> flags.add(option.longestName().substring(2))));
        // these flags take effect at the start only
        flags.removeAll(Set.of("listen", "mtu", "cache-dir", "cache-size", "cache-files", "cache-age"));
        return flags;
    }
}
