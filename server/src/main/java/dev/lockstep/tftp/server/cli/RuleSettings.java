package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import dev.lockstep.tftp.server.rules.Roots;
import dev.lockstep.tftp.server.rules.RulePolicy;
import java.io.IOException;

/** The flags as the settings for requests that no rule matches. */
record RuleSettings(StorageOptions storage, LimitOptions limits, NetworkOptions network) {
    /**
     * Returns the policy of a configuration file.
     *
     * @param file may be null, for a policy without rules
     */
    RulePolicy read(ConfigFile file) throws IOException, ConfigException {
        CommonSettings common = common();
        return file == null ? ConfigFile.noRules(common) : file.rules(common);
    }

    /** Returns the settings that apply where rules set nothing else. */
    CommonSettings common() throws IOException {
        Roots roots = storage.roots();
        return new CommonSettings(
                new RequestSettings(roots.storage(), limits.limits()).withMtu(network.mtu()),
                roots,
                storage.settings(),
                network.mode(),
                storage.registry(),
                StorageOptions.NEIGHBOURS);
    }
}
