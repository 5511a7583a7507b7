package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.PortModes;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.VirtualPath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A policy of ordered rules: the first rule that matches a request defines its settings. A request that no rule matches
 * has the common settings. Immutable; a reload creates another policy.
 */
@ThreadSafe
public final class RulePolicy implements RequestPolicy, PortModes {
    private final List<Rule> rules;
    private final Rule otherwise;
    private final List<String> warnings;
    private final Set<String> names;

    /**
     * Creates a policy.
     *
     * @param otherwise applies to requests that no rule matches
     * @param warnings of the file, one line each
     */
    RulePolicy(List<Rule> rules, Rule otherwise, List<String> warnings) {
        this.warnings = List.copyOf(warnings);
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
        this.names = rules.stream().map(Rule::name).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public RequestSettings resolve(Request request, InetSocketAddress peer) throws TftpException {
        return ruleFor(request, peer.getAddress()).resolve(peer.getAddress());
    }

    @Override
    public String ruleOf(Request request, InetSocketAddress peer) {
        try {
            return ruleFor(request, peer.getAddress()).name();
        } catch (TftpException outside) {
            return NO_RULE;
        }
    }

    @Override
    public Set<String> ruleNames() {
        return names;
    }

    /**
     * Returns the port mode of a client. Only the address of the client counts, since the port is chosen before the
     * file.
     */
    @Override
    public PortMode forPeer(InetSocketAddress peer) {
        return portRule(peer.getAddress()).ports();
    }

    /** Returns the roots of all rules and of the requests that no rule matches. */
    public List<Storage> storages() {
        return Stream.concat(rules.stream(), Stream.of(otherwise))
                .flatMap(rule -> rule.requestSettings().storage().roots().stream())
                .toList();
    }

    /** Returns the number of rules. */
    public int size() {
        return rules.size();
    }

    /** Returns lines about rules that probably do not mean what their author wants. */
    public List<String> warnings() {
        return warnings;
    }

    List<Rule> rules() {
        return rules;
    }

    Rule otherwise() {
        return otherwise;
    }

    /**
     * Returns the rule for a request.
     *
     * @throws TftpException if the name leads out of every root
     */
    Rule ruleFor(Request request, InetAddress client) throws TftpException {
        String name = String.join("/", VirtualPath.elementsOf(request.filename()));
        boolean write = request instanceof WriteRequest;
        for (Rule rule : rules) {
            if (rule.condition().matches(client, name, write)) {
                return rule;
            }
        }
        return otherwise;
    }

    /** Returns the rule that sets the port mode of a client. */
    Rule portRule(InetAddress client) {
        for (Rule rule : rules) {
            if (rule.ports() != null && rule.condition().concerns(client)) {
                return rule;
            }
        }
        return otherwise;
    }
}
