package io.meridian.domain.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerTest {
    @Example
    void anOwnerIsServiceAndTask() {
        String owner =
                Owner.of(
                        new ServiceId("marathon", "/shop/web"),
                        new TaskId("shop_web.instance-1._app.1"));

        assertThat(owner).isEqualTo("marathon:/shop/web shop_web.instance-1._app.1");
    }

    @Property
    void anOwnerReadsBackAsServiceAndTask(
            @ForAll
                    @NotEmpty
                    @Chars({' ', '%', '2', '0', '5', '.'})
                    @CharRange(from = 'a', to = 'z')
                    String framework,
            @ForAll @NotEmpty @Chars({' ', '%', ':', '/', '2', '0', '5'}) String path,
            @ForAll @Chars({'%', '/', '2', 'F', ' '}) String frameworkId,
            @ForAll @NotEmpty @Chars({'%', '/', '2', 'F', ' '}) String task) {
        ServiceId service = new ServiceId(framework, path);
        TaskId id = new TaskId(frameworkId, task);
        String owner = Owner.of(service, id);

        assertThat(Owner.service(owner)).isEqualTo(service);
        assertThat(Owner.task(owner)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "marathon:/shop/web", " task", "noservice task"})
    void aTextWithoutServiceIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Owner.service(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "marathon:/shop/web", "marathon:/shop/web "})
    void aTextWithoutTaskIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Owner.task(text));
    }
}
