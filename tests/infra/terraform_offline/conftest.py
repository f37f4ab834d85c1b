"""A small provider as the generator writes it, and its schema."""

from typing import Any

import pytest

from infra.terraform_offline.messages import build_response
from infra.terraform_offline.provider import Handler, Provider
from infra.terraform_offline.schema import read_sources

PROVIDER = """
class XProvider extends cdktn.TerraformProvider {
    static tfResourceType = "x";
    // alias - computed: false, optional: true, required: false
    // region - computed: false, optional: true, required: false
    synthesizeHclAttributes() {
            alias: {
                value: cdktn.stringToHclTerraform(this._alias),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            region: {
                value: cdktn.stringToHclTerraform(this._region),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
    }
}
"""

RESOURCE = """
function thingRuleToHclTerraform(struct) {
        port: {
            value: cdktn.numberToHclTerraform(struct.port),
            isBlock: false,
            type: "simple",
            storageClassType: "number",
        },
}
class ThingRuleOutputReference extends cdktn.ComplexObject {
    // port - computed: false, optional: false, required: true
    get port() {
        return this.getNumberAttribute('port');
    }
}
class ThingStateOutputReference extends cdktn.ComplexObject {
    // ready - computed: true, optional: false, required: false
    get ready() {
        return this.getBooleanAttribute('ready');
    }
}
class Thing extends cdktn.TerraformResource {
    static tfResourceType = "x_thing";
    // arn - computed: true, optional: false, required: false
    get arn() {
        return this.getStringAttribute('arn');
    }
    // labels - computed: true, optional: false, required: false
    _labels = new cdktn.StringMap(this, "labels");
    // name - computed: false, optional: false, required: true
    // policy - computed: false, optional: true, required: false
    // password_wo - computed: false, optional: true, required: false
    /**
    * @deprecated Write-only: the provider never returns this value.
    */
    get passwordWo() {
        return this.getStringAttribute('password_wo');
    }
    // state - computed: true, optional: false, required: false
    _state = new ThingStateList(this, "state", true);
    // zones - computed: true, optional: true, required: false
    get zones() {
        return cdktn.Fn.tolist(this.getListAttribute('zones'));
    }
    // one - computed: false, optional: true, required: false
    // rule - computed: false, optional: false, required: true
    // legacy - computed: true, optional: true, required: false
    synthesizeHclAttributes() {
            name: {
                value: cdktn.stringToHclTerraform(this._name),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            policy: {
                value: cdktn.stringToHclTerraform(this._policy),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            password_wo: {
                value: this.markWriteOnlyAttribute(cdktn.stringToHclTerraform(this._passwordWo)),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            zones: {
                value: cdktn.listMapperHcl(cdktn.stringToHclTerraform, false)(this._zones),
                isBlock: false,
                type: "set",
                storageClassType: "stringList",
            },
            one: {
                value: thingRuleToHclTerraform(this._one.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "ThingRuleList",
            },
            rule: {
                value: cdktn.listMapperHcl(structs0.thingRuleToHclTerraform, true)(this._rule),
                isBlock: true,
                type: "set",
                storageClassType: "ThingRuleList",
            },
            legacy: {
                value: cdktn.listMapperHcl(thingRuleToHclTerraform, false)(this._legacy),
                isBlock: true,
                type: "list",
                storageClassType: "ThingRuleList",
            },
    }
}
"""


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    return read_sources({"provider": PROVIDER, "thing": RESOURCE})


@pytest.fixture
def handlers(schema: dict[str, Any]) -> dict[str, Handler]:
    return Provider(build_response(schema)).get_handlers()
