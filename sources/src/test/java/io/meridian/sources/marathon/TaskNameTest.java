package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskNameTest {
    @ParameterizedTest
    @CsvSource({
        "shop_web.instance-6b0cf0a1-b07d._app.3,        shop_web.instance-6b0cf0a1-b07d, ''",
        "p.instance-ea1231be-2930.app.1,                p.instance-ea1231be-2930, app",
        "pod-on-dcos.instance-ea1231be.app,             pod-on-dcos.instance-ea1231be, app",
        "web.instance-6b0c._app,                        web.instance-6b0c, ''",
        "a.b_c.marathon-0664256e._app.12,               a.b_c.marathon-0664256e, ''",
        "foo.0664256e-6771-11e5-94e1-be5b2935a987,     "
                + " foo.marathon-0664256e-6771-11e5-94e1-be5b2935a987, ''",
        "foo.0664256e-6771-11e5-94e1-be5b2935a987.2,   "
                + " foo.marathon-0664256e-6771-11e5-94e1-be5b2935a987, ''",
        "my-app_0-1396592784349,                        my-app.marathon-0-1396592784349, ''",
        "plain,                                         plain, ''"
    })
    void instanceAndContainerAreFoundInEveryFormOfTaskId(
            String task, String instance, String container) {
        assertThat(TaskName.of(task)).isEqualTo(new TaskName(instance, container));
    }
}
