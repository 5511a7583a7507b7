package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.Blocking;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment and the profile files from which the tools of AWS take their settings. */
final class AwsEnvironment {
    private static final Pattern SECTION = Pattern.compile("\\[\\s*(?:profile\\s+)?([^]]+?)\\s*]\\s*(?:[#;].*)?");
    private static final Pattern SETTING = Pattern.compile("(\\w+)\\s*=\\s*(.*?)\\s*");

    private final Map<String, String> variables;

    AwsEnvironment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** Returns the value of a variable that is not empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** Returns all variables. */
    Map<String, String> variables() {
        return variables;
    }

    /** Returns the name of the region. */
    @Blocking
    Optional<String> region() {
        return variable("AWS_REGION")
                .or(() -> variable("AWS_DEFAULT_REGION"))
                .or(() -> Optional.ofNullable(profile().get("region")));
    }

    /** Returns the settings of the profile. Those of the file with the credentials replace those of the other one. */
    @Blocking
    Map<String, String> profile() {
        Path home = Path.of(variable("HOME").orElse(System.getProperty("user.home")), ".aws");
        Map<String, String> settings = new HashMap<>(
                profileIn(variable("AWS_CONFIG_FILE").map(Path::of).orElse(home.resolve("config"))));
        settings.putAll(
                profileIn(variable("AWS_SHARED_CREDENTIALS_FILE").map(Path::of).orElse(home.resolve("credentials"))));
        return settings;
    }

    private Map<String, String> profileIn(Path file) {
        String profile = variable("AWS_PROFILE").orElse("default");
        Map<String, String> settings = new HashMap<>();
        try {
            boolean inside = false;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                Matcher section = SECTION.matcher(line.strip());
                Matcher setting = SETTING.matcher(line);
                if (section.matches()) {
                    inside = section.group(1).equals(profile);
                } else if (inside && setting.matches()) { // indented lines belong to nested settings
                    settings.put(setting.group(1), setting.group(2));
                }
            }
        } catch (IOException e) {
            return Map.of(); // there is no such file
        }
        return settings;
    }
}
